"""The days whose bodies are gone. Heads, counts and pinned bodies stay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class DroppedDay(models.Model):
    """One day that retention dropped, with how much was in it; written by `curation_drop_day` only (migration 0005)."""

    day = models.DateField(primary_key=True)
    dropped_at = models.DateTimeField(db_default=Now())
    spans = models.BigIntegerField(default=0)
    bodies = models.BigIntegerField(default=0)
    metric_points = models.BigIntegerField(default=0)
    refusal_bodies = models.BigIntegerField(default=0)
    blob_references = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return str(self.day)
