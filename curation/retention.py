"""Which days have bodies, how large they are, and which are past their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection

YOUNGEST = 7
"""Days younger than this are never dropped; the database holds to it by itself (curation_drop_day)."""


@dataclass(frozen=True, slots=True)
class DayKept:
    """The partitions of one day: bytes on disk with their indexes, and about how many spans."""

    day: date
    bytes: int
    spans_estimate: int


def days_kept() -> list[DayKept]:
    """Every day that has partitions, newest first, as the catalogue of the database knows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day, sum(pg_total_relation_size(c.oid)),
                   sum(greatest(c.reltuples, 0)) FILTER (WHERE p.relname = 'curation_span')
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
            WHERE c.relkind = 'r' AND p.relname IN ('curation_span', 'curation_conversation_body',
                'curation_metricpoint', 'curation_refusalbody', 'curation_searchrow')
            GROUP BY 1 ORDER BY 1 DESC
            """
        )
        return [DayKept(day, int(size), int(spans or 0)) for day, size, spans in cursor.fetchall()]


def partitioned_days(parent: str) -> list[date]:
    """The days of which this table has a partition, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(%s) ORDER BY 1 DESC",
            [parent],
        )
        return [day for (day,) in cursor.fetchall()]


def days_due(days: int) -> Sequence[DayKept]:
    """The days that are older than this many days, oldest first."""
    first_kept = datetime.now(UTC).date() - timedelta(days=max(days, YOUNGEST))
    return [one for one in reversed(days_kept()) if one.day < first_kept]
