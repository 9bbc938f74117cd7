"""What comes in, by minute: finished minutes from their tallies, the rest counted from the batches themselves.

The numbers come from the database and not from counters of a process: several web processes take batches in, and each
knows only its own.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction

from curation import sketch
from curation.models import IngestMinute

MINUTE = timedelta(minutes=1)
COUNTS = ("batches", "accepted", "redelivered", "conflicting", "refused", "bytes")
HISTOGRAMS = ("took", "redactions", "codes")
TALLY_SQL = f"""
    WITH base AS (
        SELECT id, project_id, date_trunc('minute', received_at) AS minute, route, accepted, redelivered, conflicting,
            refused, bytes, redactions,
            {sketch.BUCKET_SQL % "(1000 * extract(epoch FROM finished_at - received_at))::float8"} AS bucket
        FROM curation_ingestbatch
        WHERE project_id = %(project)s AND received_at >= %(since)s AND received_at < %(until)s
    ),
    counts AS (
        SELECT project_id, minute, route, count(*)::int AS batches, sum(accepted)::bigint AS accepted,
            sum(redelivered)::bigint AS redelivered, sum(conflicting)::bigint AS conflicting,
            sum(refused)::bigint AS refused, sum(bytes)::bigint AS bytes
        FROM base GROUP BY 1, 2, 3
    ),
    took AS (
        SELECT minute, route, jsonb_object_agg(bucket, number) AS found FROM (
            SELECT minute, route, bucket, count(*) AS number FROM base WHERE bucket IS NOT NULL GROUP BY 1, 2, 3
        ) one GROUP BY 1, 2
    ),
    redacted AS (
        SELECT minute, route, jsonb_object_agg(key, number) AS found FROM (
            SELECT minute, route, e.key, sum(e.value::bigint) AS number
            FROM base, jsonb_each_text(redactions) e WHERE redactions <> '{{}}' GROUP BY 1, 2, 3
        ) one GROUP BY 1, 2
    ),
    codes AS (
        SELECT minute, route, jsonb_object_agg(code, number) AS found FROM (
            SELECT minute, route, r.code, count(*) AS number FROM base
            JOIN curation_refusal r ON r.batch_id = base.id
            WHERE base.refused + base.conflicting > 0 GROUP BY 1, 2, 3
        ) one GROUP BY 1, 2
    )
    SELECT c.*, coalesce(t.found, '{{}}') AS took, coalesce(d.found, '{{}}') AS redactions,
        coalesce(f.found, '{{}}') AS codes
    FROM counts c LEFT JOIN took t USING (minute, route) LEFT JOIN redacted d USING (minute, route)
    LEFT JOIN codes f USING (minute, route)
"""


@dataclass(slots=True)
class Tally:
    """Sums over some minutes; `took` is a histogram of milliseconds (curation.sketch)."""

    batches: int = 0
    accepted: int = 0
    redelivered: int = 0
    conflicting: int = 0
    refused: int = 0
    bytes: int = 0
    took: Counter[int] = field(default_factory=Counter)
    redactions: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, row: dict[str, Any]) -> None:
        """Count one minute of one route in."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + row[name])
        self.took.update(sketch.merged([row["took"]]))
        self.redactions.update(row["redactions"])
        self.codes.update(row["codes"])

    @property
    def rows(self) -> int:
        """Everything that was in the batches."""
        return self.accepted + self.redelivered + self.conflicting + self.refused

    @property
    def refused_share(self) -> float | None:
        """Refused and conflicting rows among all; None of nothing."""
        return (self.refused + self.conflicting) / self.rows if self.rows else None


@dataclass(frozen=True)
class Flow:
    """Minutes from `since` on, oldest first; a minute in which nothing came is not there."""

    since: datetime
    until: datetime
    rows: list[dict[str, Any]]

    def total(self) -> Tally:
        """All of it."""
        return tally(self.rows)

    def by_route(self) -> list[tuple[str, Tally]]:
        """What each route brought, the busiest first."""
        found: dict[str, Tally] = {}
        for row in self.rows:
            found.setdefault(row["route"], Tally()).add(row)
        return sorted(found.items(), key=lambda one: (-one[1].rows, one[0]))

    def steps(self, length: timedelta) -> list[tuple[datetime, Tally]]:
        """Equal stretches, also empty ones, oldest first, by when each begins."""
        count = round((self.until - self.since) / length)
        found = [Tally() for _ in range(count)]
        for row in self.rows:
            place = int((row["minute"] - self.since) / length)
            if 0 <= place < count:
                found[place].add(row)
        return [(self.since + length * place, one) for place, one in enumerate(found)]


def tally(rows: Iterable[dict[str, Any]]) -> Tally:
    """These minutes added up."""
    total = Tally()
    for row in rows:
        total.add(row)
    return total


def flow(project_id: uuid.UUID, *, minutes: int, now: datetime | None = None) -> Flow:
    """The last `minutes` minutes, the present one included."""
    until = (now or datetime.now(UTC)).replace(second=0, microsecond=0) + MINUTE
    since = until - minutes * MINUTE
    known = list(
        IngestMinute.objects.filter(project_id=project_id, minute__gte=since, minute__lt=until)
        .order_by("minute", "route")
        .values("minute", "route", *COUNTS, *HISTOGRAMS)
    )
    counted = tallied_until(project_id)
    if counted is None or counted < until:
        known += count(project_id, max(since, counted or since), until)
    return Flow(since, until, known)


def tallied_until(project_id: uuid.UUID) -> datetime | None:
    """The end of the last minute that has a tally; None before the first."""
    newest = (
        IngestMinute.objects.filter(project_id=project_id)
        .order_by("-minute")
        .values_list("minute", flat=True)
    )
    last = newest.first()
    return last + MINUTE if last else None


def count(project_id: uuid.UUID, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """The same numbers counted from the batches."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # compiling takes longer than any of these answers
        cursor.execute(TALLY_SQL, {"project": project_id, "since": since, "until": until})
        names = [column.name for column in cursor.description or ()]
        return [_row(names, values) for values in cursor.fetchall()]


def _row(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    row = dict(zip(names, values, strict=True))
    return row | {name: orjson.loads(row[name]) for name in HISTOGRAMS}
