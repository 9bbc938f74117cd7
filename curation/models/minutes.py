"""What came in minute by minute, added up once each minute is over: a page reads 1,440 rows and not millions of batches."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IngestMinute(models.Model):
    """The batches one project received in one minute by one route.

    `took` is a histogram of what taking a batch in took: {bucket: batches}, see curation.sketch; it can be added to
    others. `redactions` counts replacements by kind, `codes` refused rows by reason. Derived from batches and
    refusals, so it may lag behind them (by a minute, or while a batch of that minute is still being read).
    """

    pk = models.CompositePrimaryKey("project_id", "minute", "route")
    project_id = models.UUIDField()
    minute = models.DateTimeField()
    route = models.CharField(max_length=16)
    batches = models.IntegerField()
    accepted = models.BigIntegerField()
    redelivered = models.BigIntegerField()
    conflicting = models.BigIntegerField()
    refused = models.BigIntegerField()
    bytes = models.BigIntegerField()
    took = models.JSONField(default=dict)
    redactions = models.JSONField(default=dict)
    codes = models.JSONField(default=dict)

    class Meta:
        db_table: ClassVar = "curation_ingestminute"

    def __str__(self) -> str:
        return f"{self.minute:%F %R} {self.route}"
