"""Measurements that came over `/v1/metrics`: redacted data points in day partitions. The table is made in SQL (migration 0005)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Sum

TOKEN_USAGE = "gen_ai.client.token.usage"
DURATION = "gen_ai.client.operation.duration"


class MetricPointQuerySet(models.QuerySet["MetricPoint"]):
    """Reads of measurements."""

    def named(self, project_id: uuid.UUID, name: str, since: date) -> MetricPointQuerySet:
        """The increments of one metric since that day; running totals would be added up twice."""
        return self.filter(project_id=project_id, name=name, day__gte=since).exclude(temporality="cumulative")

    def token_usage(self, project_id: uuid.UUID, since: date) -> Any:
        """Per day, model and type of token: `tokens` and from how many `points` (`gen_ai.client.token.usage`)."""
        found = self.named(project_id, TOKEN_USAGE, since).values("day", "model", "token_type")
        return found.annotate(tokens=Sum("total"), points=Sum("count")).order_by(
            "-day", "model", "token_type"
        )

    def durations(self, project_id: uuid.UUID, since: date) -> Any:
        """Per day and model: `calls`, `seconds` and their `mean` (`gen_ai.client.operation.duration`)."""
        found = self.named(project_id, DURATION, since).values("day", "model")
        summed = found.annotate(calls=Sum("count"), seconds=Sum("total")).filter(calls__gt=0)
        return summed.annotate(mean=F("seconds") / F("calls")).order_by("-day", "model")


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
