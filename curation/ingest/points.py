"""Data points on their way in: named by the keyed hash of their series, redacted, and written once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from core.keyring import naming_key
from core.privacy import RedactionFailed, redact
from core.roles import ingest_role
from curation.bodies import packed
from curation.formats.otlp_metrics import Point, read_metrics
from curation.formats.problem import BrokenRow, RowProblem
from curation.ingest.chunks import Chunk, Sorter
from curation.ingest.delivered import dropped_among
from curation.ingest.items import canonical
from curation.ingest.moments import day_of, moment
from curation.ingest.redaction import pseudonymous

SERIES = "metric-series"
MODEL = ("gen_ai.response.model", "gen_ai.request.model")
TOKEN_TYPE = "gen_ai.token.type"
COLUMNS = {
    "series": "bytea", "day": "date", "at": "timestamptz", "started_at": "timestamptz", "name": "text", "unit": "text",
    "kind": "text", "temporality": "text", "service": "text", "model": "text", "token_type": "text", "count": "int8",
    "total": "float8", "content_hmac": "bytea", "body": "bytea",
}  # fmt: skip
Key = tuple[bytes, datetime]


@dataclass(slots=True)
class PointItem:
    """One data point, not yet redacted; `series` says who measured what, without saying it."""

    place: str
    line: int
    raw: bytes = field(repr=False)
    point: Point = field(repr=False)


@dataclass(slots=True)
class PointChunk(Chunk):
    """Redacted rows by series and time, each with the item it was made of."""

    rows: list[tuple[PointItem, dict[str, Any]]] = field(default_factory=list)


def read_point_items(body: bytes, *, as_json: bool, place: str) -> Iterator[PointItem | BrokenRow]:
    """The items of one request of metrics; raises otlp.Malformed when nothing of it can be read."""
    for number, point in enumerate(read_metrics(body, as_json=as_json, place=place), 1):
        yield point if isinstance(point, BrokenRow) else PointItem(place, number, canonical(point), point)


class PointSorter(Sorter):
    """Passes points through the choke point; the database says which of them are new."""

    def sort(self, part: Iterable[Any]) -> PointChunk:
        """Rows to be written, and what was refused."""
        chunk, series_key = PointChunk(), naming_key(self.project_id, SERIES)
        items = list(part)
        dropped = dropped_among({day_of(one.point["at"]) for one in items if isinstance(one, PointItem)})
        for one in items:
            if isinstance(one, BrokenRow):
                self.refuse(one.problem, one, chunk)
                continue
            if one.point["at"] < self.oldest:
                self._refuse(_old(one), one, chunk)
                continue
            if day_of(one.point["at"]) in dropped:
                self._refuse(_late(one), one, chunk)
                continue
            try:
                row = self._row(one.point, chunk)
            except RedactionFailed as failure:
                self._refuse(_not_redacted(one, failure), one, chunk)
                continue
            named = [one.point[name] for name in ("name", "unit", "kind", "attributes", "resource", "scope")]
            row |= {"series": series_key.mac(canonical(named)), "content_hmac": self.key.mac(one.raw)}
            chunk.rows.append((one, row))
        return chunk

    def _row(self, point: Point, chunk: Chunk) -> dict[str, Any]:
        words = {
            "name": point["name"], "unit": point["unit"], "scope": point["scope"],
            "attributes": pseudonymous(point["attributes"], self.redactor.keys),
            "resource": pseudonymous(point["resource"], self.redactor.keys),
        }  # fmt: skip
        done = redact(words, keys=self.redactor.keys, rules=self.redactor.rules)
        for kind, count in done.counts.items():
            chunk.redactions[kind] = chunk.redactions.get(kind, 0) + count
        clean, attributes = done.value, done.value["attributes"]
        at = moment(point["at"])
        return {
            "day": at.date(), "at": at, "started_at": moment(point["start"]) if point["start"] > 0 else None,
            "name": clean["name"][:255], "unit": clean["unit"][:63], "kind": point["kind"],
            "temporality": point["temporality"], "service": str(clean["resource"].get("service.name", ""))[:120],
            "model": next((str(attributes[name]) for name in MODEL if attributes.get(name)), "")[:120],
            "token_type": str(attributes.get(TOKEN_TYPE, ""))[:24], "count": point["count"], "total": point["total"],
            "body": packed({"attributes": attributes, "resource": clean["resource"], "scope": clean["scope"],
                            "shape": point["shape"]}),
        }  # fmt: skip

    def conflict(self, item: PointItem, chunk: Chunk) -> None:
        """Another value for a series and time that have one."""
        chunk.conflicting += 1
        hint = "A series has one value at a time; the one delivered first was kept."
        problem = RowProblem(item.place, item.line, "time_unix_nano", "conflict",
                             "this series was delivered with another value for this time", hint)  # fmt: skip
        self._refuse(problem, item, chunk)

    def _refuse(self, problem: RowProblem, item: PointItem, chunk: Chunk) -> None:
        self.refuse(problem, BrokenRow(problem, item.raw, whole=True), chunk)


def write_points(
    rows: list[dict[str, Any]], *, project_id: uuid.UUID, key_id: str, rules_id: int
) -> set[Key]:
    """Write what is new; the (series, time) of what was."""
    columns = ", ".join(COLUMNS)
    arrays = ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
    with ingest_role(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO curation_metricpoint (project_id, key_id, rules_id, {columns})"
            f" SELECT %s, %s, %s, n.* FROM unnest({arrays}) AS n({columns})"
            " ON CONFLICT (day, project_id, series, at) DO NOTHING RETURNING series, at",
            [project_id, key_id, rules_id, *([row[name] for row in rows] for name in COLUMNS)],
        )
        return {(bytes(series), at) for series, at in cursor.fetchall()}


def known_points(rows: list[dict[str, Any]], project_id: uuid.UUID) -> dict[Key, tuple[bytes, str]]:
    """(series, time) → (keyed hash, key id) of what was already delivered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.series, p.at, p.content_hmac, p.key_id FROM unnest(%s::date[], %s::bytea[], %s::timestamptz[])"
            " AS n(day, series, at) JOIN curation_metricpoint p ON p.day = n.day AND p.project_id = %s"
            " AND p.series = n.series AND p.at = n.at",
            [
                [row["day"] for row in rows],
                [row["series"] for row in rows],
                [row["at"] for row in rows],
                project_id,
            ],
        )
        return {(bytes(series), at): (bytes(mac), key_id) for series, at, mac, key_id in cursor.fetchall()}


def _not_redacted(item: PointItem, failure: RedactionFailed) -> RowProblem:
    hint = "Nothing of this point was stored. Simplify its attributes, or report the code to your operator."
    return RowProblem(item.place, item.line, failure.path, f"redaction_{failure.code}"[:40],
                      "the point could not be redacted", hint)  # fmt: skip


def _old(item: PointItem) -> RowProblem:
    return RowProblem(item.place, item.line, "time_unix_nano", "bad_time",
                      f"the point is from more than {settings.MAX_AGE_DAYS} days ago", "Check the clock of the sender.")  # fmt: skip


def _late(item: PointItem) -> RowProblem:
    hint = "What was delivered for this day is gone by retention; do not send it again."
    return RowProblem(item.place, item.line, "time_unix_nano", "past_retention",
                      "the day of this point is past its retention time", hint)  # fmt: skip
