"""The SQL of a delivery: heads and receipts by one statement each, span bodies by binary COPY.

What a delivery found when it looked is claimed here; where another one was faster, everything is rolled back
and looked up again. Everything is sorted by its key first, so that two requests that bring the same traces
wait for each other instead of deadlocking. Rows travel as one JSON text: a list for every column takes psycopg, which
writes each value of it in Python, nine times as long (measured).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from core.roles import ingest_role
from curation.ingest.delivered import KEPT_DAYS
from curation.ingest.moments import day_of, moment, new_id

ROOTLESS = 12
SPAN_COLUMNS = {
    "day": "date", "trace_id": "uuid", "span_id": "text", "project_id": "uuid", "parent_span_id": "text",
    "name": "text", "kind": "text", "started_at": "timestamptz", "ended_at": "timestamptz", "status": "text",
    "rules_id": "int8", "body": "bytea", "batch_id": "uuid", "content_hmac": "bytea", "key_id": "text",
}  # fmt: skip
_ready: set[date] = set()


class Overtaken(Exception):
    """Another delivery committed something of this one since it was looked up."""


@dataclass(slots=True)
class Head:
    """What a batch brings of one trace: first start, end of the root, number of new spans; `known_spans` were there."""

    external_id: str
    started: int
    service: str = ""
    simulated: bool = False
    root_ended: int | None = None
    spans: int = 0
    id: uuid.UUID | None = None
    day: date | None = None
    known_spans: int | None = None


def claim_traces(
    heads: Iterable[Head], *, project_id: uuid.UUID, route: str, use: tuple[str, str], hold_seconds: int
) -> None:
    """Make the heads that are new, with the batch's training use, and count and hold those that are not.

    Raises Overtaken where a head is no longer as it was looked up. All stay locked until the transaction ends.
    """
    ordered = sorted(heads, key=lambda head: head.external_id)
    grace = max(settings.SETTLE_GRACE_SECONDS, hold_seconds)
    new = [head for head in ordered if head.known_spans is None]
    if new:
        _make(new, project_id, route, use, grace)
    if len(new) < len(ordered):
        _touch([head for head in ordered if head.known_spans is not None], project_id, use, grace)


def _make(heads: list[Head], project_id: uuid.UUID, route: str, use: tuple[str, str], grace: int) -> None:
    for head in heads:
        head.id, head.day = new_id(), day_of(head.started)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_trace (id, project_id, external_id, day, occurred_at, ended_at, service, route,
                training_use, training_use_source, environment, release, variant, model, session_key, user_key, source,
                licence, simulated, status, escalated, truncated, state, span_count, settle_after)
            SELECT n.id, %s, n.external_id, n.day, n.started, n.ended, n.service, %s, COALESCE(d.training_use, u.use),
                CASE WHEN d.id IS NULL THEN u.source ELSE 'service' END, '', '', '', '', '', '', '', '', n.simulated,
                'ok', false, false, 'open', n.spans,
                now() + make_interval(secs => %s * CASE WHEN n.ended IS NULL THEN %s ELSE 1 END)
            FROM json_to_recordset(%s) AS n(id uuid, external_id text, day date, started timestamptz, ended timestamptz,
                service text, simulated bool, spans int)
            CROSS JOIN (SELECT %s AS use, %s AS source) u
            LEFT JOIN curation_servicedefault d
                ON d.project_id = %s AND d.service = n.service AND u.source = 'project'
            ON CONFLICT (project_id, external_id) DO NOTHING
            """,
            [project_id, route, grace, ROOTLESS, _as_json([
                {"id": one.id, "external_id": one.external_id, "day": one.day, "started": moment(one.started),
                 "ended": _end(one), "service": one.service[:120], "simulated": one.simulated, "spans": one.spans}
                for one in heads
             ]), *use, project_id],
        )  # fmt: skip
        if cursor.rowcount < len(heads):
            raise Overtaken


def _touch(heads: list[Head], project_id: uuid.UUID, use: tuple[str, str], grace: int) -> None:
    """Count the new spans and start the grace time again; it is longer while the root's end may still come.

    Of what its deliveries say a denial holds, unless the trace says itself what it may be used for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_id, span_count FROM curation_trace WHERE project_id = %s AND external_id = ANY(%s)"
            " ORDER BY external_id FOR NO KEY UPDATE",
            [project_id, [head.external_id for head in heads]],
        )
        counted = dict(cursor.fetchall())
        if any(counted[head.external_id] != head.known_spans for head in heads):
            raise Overtaken
        cursor.execute(
            """
            UPDATE curation_trace t SET
                span_count = t.span_count + n.spans,
                occurred_at = least(t.occurred_at, n.started),
                ended_at = greatest(t.ended_at, n.ended),
                settle_after = now() + make_interval(secs => %s * CASE
                    WHEN greatest(t.ended_at, n.ended) IS NULL THEN %s ELSE 1 END),
                training_use = CASE WHEN u.denies AND t.training_use_source <> 'trace'
                    THEN 'denied' ELSE t.training_use END,
                training_use_source = CASE WHEN u.denies AND t.training_use_source <> 'trace'
                    AND t.training_use <> 'denied' THEN %s ELSE t.training_use_source END
            FROM json_to_recordset(%s) AS n(id uuid, spans int, started timestamptz, ended timestamptz),
                (SELECT %s AS denies) u
            WHERE t.id = n.id
            """,
            [grace, ROOTLESS, use[1], _as_json([
                {"id": head.id, "spans": head.spans, "started": moment(head.started), "ended": _end(head)}
                for head in heads
             ]), use[0] == "denied"],
        )  # fmt: skip


def _end(head: Head) -> datetime | None:
    return moment(head.root_ended) if head.root_ended else None


def _as_json(rows: Sequence[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def claim_receipts(
    rows: Iterable[tuple[str, uuid.UUID | None, bytes]],
    *,
    project_id: uuid.UUID,
    batch_id: uuid.UUID,
    key_id: str,
) -> None:
    """Write (request's external id, trace id, keyed hash); raises Overtaken where one was delivered meanwhile."""
    ordered = sorted(rows, key=itemgetter(0))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_receipt (project_id, external_id, trace_id, batch_id, content_hmac, key_id)
            SELECT %s, n.external_id, n.trace_id, %s, n.mac, %s
            FROM json_to_recordset(%s) AS n(external_id text, trace_id uuid, mac bytea)
            ON CONFLICT (project_id, external_id) DO NOTHING
            """,
            [project_id, batch_id, key_id, _as_json([
                {"external_id": name, "trace_id": trace_id, "mac": f"\\x{mac.hex()}"} for name, trace_id, mac in ordered
             ])],
        )  # fmt: skip
        if cursor.rowcount < len(ordered):
            raise Overtaken


def copy_spans(rows: Sequence[tuple[Any, ...]]) -> None:
    """Bodies into their day partitions, as the ingest role; each row in the order of SPAN_COLUMNS."""
    with ingest_role():
        copy_rows("curation_span", SPAN_COLUMNS, rows)


def ensure_days(days: Iterable[date]) -> None:
    """Make the partitions of these days if they are not there; the last week's are asked for once a process."""
    youngest = datetime.now(UTC).date() - timedelta(days=KEPT_DAYS)
    for day in sorted(set(days) - _ready):
        with connection.cursor() as cursor:
            cursor.execute("SELECT curation_ensure_day(%s)", [day])
        if day >= youngest:
            transaction.on_commit(partial(_ready.add, day))


def copy_rows(table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """Binary COPY: about three times the speed of multi-row INSERT (measured)."""
    with (
        connection.wrap_database_errors,  # Django wraps what `execute` raises, not what COPY does
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)


def release_held(project_id: uuid.UUID, batch_id: uuid.UUID) -> None:
    """End the grace time of what this batch brought: a file is whole once it was read. Other files may still be on their way."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_trace t SET settle_after = now()
            WHERE t.project_id = %s AND t.settle_after > now() AND EXISTS (
                SELECT 1 FROM curation_span s WHERE s.day = t.day AND s.trace_id = t.id AND s.batch_id = %s)
            """,
            [project_id, batch_id],
        )
