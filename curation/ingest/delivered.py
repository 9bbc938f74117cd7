"""What the database knows of a part of a batch before it is stored: traces, spans and requests delivered before."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import orjson
from django.db import connection

from curation.ingest.items import Item
from curation.ingest.moments import day_of

KEPT_DAYS = 6
"""The database drops no day younger than a week (curation_drop_day)."""
NAMES = "ANY(ARRAY(SELECT json_array_elements_text(%s)))"
"""Names as one JSON text: psycopg writes each of a list in Python (measured: nine times as long)."""


@dataclass(frozen=True, slots=True)
class KnownTrace:
    """A head that is there; `spans` is how many it took, which tells whether somebody else delivered since."""

    id: uuid.UUID
    day: date
    spans: int


@dataclass(slots=True)
class Delivered:
    """Heads by external id, and the keyed hash and key id of each span and each request by its external id."""

    traces: dict[str, KnownTrace] = field(default_factory=dict)
    hashes: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    dropped: Collection[date] = ()

    def is_past_retention(self, item: Item) -> bool:
        """Whether its day was dropped: what was delivered then is no longer there to compare with."""
        if not self.dropped:
            return False
        known = self.traces.get(item.span["trace_id"])
        return (known.day if known else day_of(item.span["start"])) in self.dropped


def look_up(project_id: uuid.UUID, items: Sequence[Item]) -> Delivered:
    """One statement where nothing of these items is known, as it is on the hot path."""
    found = Delivered(_traces(project_id, list({item.span["trace_id"] for item in items})))
    if found.traces:
        found.hashes |= _spans(found.traces)
    requests = [item.external_id for item in items if item.by_request]
    if requests:
        found.hashes |= _receipts(project_id, requests)
    found.dropped = dropped_among(
        {day_of(item.span["start"]) for item in items} | {one.day for one in found.traces.values()}
    )
    return found


def _traces(project_id: uuid.UUID, names: list[str]) -> dict[str, KnownTrace]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_id, id, day, span_count FROM curation_trace"
            f" WHERE project_id = %s AND external_id = {NAMES}",
            [project_id, orjson.dumps(names).decode()],
        )
        return {name: KnownTrace(*rest) for name, *rest in cursor.fetchall()}


def _spans(traces: dict[str, KnownTrace]) -> dict[str, tuple[bytes, str]]:
    names = {known.id: name for name, known in traces.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trace_id, span_id, content_hmac, key_id FROM curation_span"
            " WHERE day = ANY(%s) AND trace_id = ANY(%s)",
            [list({known.day for known in traces.values()}), list(names)],
        )
        return {
            f"{names[trace_id]}:{span_id}": (bytes(mac or b""), key_id)
            for trace_id, span_id, mac, key_id in cursor.fetchall()
        }


def _receipts(project_id: uuid.UUID, requests: list[str]) -> dict[str, tuple[bytes, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_id, content_hmac, key_id FROM curation_receipt"
            f" WHERE project_id = %s AND external_id = {NAMES}",
            [project_id, orjson.dumps(requests).decode()],
        )
        return {name: (bytes(mac), key_id) for name, mac, key_id in cursor.fetchall()}


def dropped_among(days: set[date]) -> set[date]:
    """Which of these days retention has dropped; the database is asked about old ones only."""
    youngest = datetime.now(UTC).date() - timedelta(days=KEPT_DAYS)
    old = [day for day in days if day < youngest]
    if not old:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT day FROM curation_droppedday WHERE day = ANY(%s)", [old])
        return {day for (day,) in cursor.fetchall()}
