"""Measurements that came over `/v1/metrics`: redacted data points in day partitions. The table is made in SQL (migration 0005)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import connection, models

TOKEN_USAGE = "gen_ai.client.token.usage"
DURATION = "gen_ai.client.operation.duration"


STEPS = """
WITH point AS (
    SELECT day, model, token_type, count, total, temporality, lag(total) OVER series AS total_before,
        lag(count) OVER series AS count_before
    FROM curation_metricpoint
    WHERE project_id = %s AND name = %s AND day >= %s::date - 1 AND kind <> 'gauge' AND total IS NOT NULL
    WINDOW series AS (PARTITION BY series, started_at ORDER BY at)
), step AS (
    SELECT day, model, token_type,
        CASE WHEN temporality = 'cumulative' AND total >= total_before THEN total - total_before ELSE total END AS total,
        CASE WHEN temporality = 'cumulative' AND total >= total_before THEN count - count_before ELSE count END AS count
    FROM point WHERE day >= %s
)
"""
"""Increments: a running total (what SDKs send by default) counts for what it grew since the point before it."""


class MetricPointQuerySet(models.QuerySet["MetricPoint"]):
    """Reads of measurements."""

    def token_usage(self, project_id: uuid.UUID, since: date) -> list[dict[str, Any]]:
        """Per day, model and type of token: `tokens` and from how many `points` (`gen_ai.client.token.usage`)."""
        return self._summed(
            "SELECT day, model, token_type, sum(total) AS tokens, sum(count)::bigint AS points FROM step"
            " GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3",
            [project_id, TOKEN_USAGE, since, since],
        )

    def durations(self, project_id: uuid.UUID, since: date) -> list[dict[str, Any]]:
        """Per day and model: `calls`, `seconds` and their `mean` (`gen_ai.client.operation.duration`)."""
        return self._summed(
            "SELECT day, model, sum(count)::bigint AS calls, sum(total) AS seconds, sum(total) / sum(count) AS mean"
            " FROM step GROUP BY 1, 2 HAVING sum(count) > 0 ORDER BY 1 DESC, 2",
            [project_id, DURATION, since, since],
        )

    def _summed(self, select: str, values: list[Any]) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(STEPS + select, values)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class MetricPoint(models.Model):
    """One data point of one series at one time; `total` is the value of a number and the sum of a histogram.

    `series` is the keyed hash of who measured what (name, unit, attributes, resource); with the time it makes a second
    delivery harmless. `body` is zstd-compressed JSON: attributes, resource, buckets or quantiles.
    """

    pk = models.CompositePrimaryKey("day", "project_id", "series", "at")
    day = models.DateField()
    project_id = models.UUIDField()
    series = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=255)
    unit = models.CharField(max_length=63, blank=True, default="")
    kind = models.CharField(max_length=24)
    temporality = models.CharField(max_length=12, blank=True, default="")
    service = models.CharField(max_length=120, blank=True, default="")
    model = models.CharField(max_length=120, blank=True, default="")
    token_type = models.CharField(max_length=24, blank=True, default="")
    count = models.BigIntegerField(null=True)
    total = models.FloatField(null=True)
    content_hmac = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=32)
    rules_id = models.BigIntegerField()
    body = models.BinaryField()

    objects = MetricPointQuerySet.as_manager()

    class Meta:
        db_table: ClassVar = "curation_metricpoint"

    def __str__(self) -> str:
        return f"{self.name} {self.at:%F %T}"
