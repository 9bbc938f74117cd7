"""What was kept of a refused row: its redacted text where it could be redacted, and what replaying it came to."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Now


class Outcome(models.TextChoices):
    """What became of a replayed row."""

    ACCEPTED = "accepted"
    REDELIVERED = "redelivered"
    CONFLICTING = "conflicting"
    REFUSED = "refused"


FINAL = (Outcome.ACCEPTED, Outcome.REDELIVERED, Outcome.CONFLICTING)
ROWS = ("span", "row")
"""What can be read again by itself; the third form, `request`, cannot."""


class RefusalQuerySet(models.QuerySet[Any]):
    """Reads of refusals."""

    def of(self, project_id: uuid.UUID) -> RefusalQuerySet:
        """One project's, newest first."""
        return self.filter(project_id=project_id).order_by("-id")

    def with_body(self) -> RefusalQuerySet:
        """Adds `has_body`: whether its redacted text was kept."""
        found: RefusalQuerySet = self.annotate(
            has_body=Exists(RefusalBody.objects.filter(refusal_id=OuterRef("pk")))
        )
        return found

    def with_outcome(self) -> RefusalQuerySet:
        """Adds `outcome`: what the last replay came to, None if there was none."""
        last = Replay.objects.filter(refusal=OuterRef("pk")).order_by("-id").values("outcome")[:1]
        found: RefusalQuerySet = self.annotate(outcome=Subquery(last))
        return found

    def replayable(self) -> RefusalQuerySet:
        """Kept whole, a row by itself, and not taken by an earlier replay."""
        whole = RefusalBody.objects.filter(refusal_id=OuterRef("pk"), truncated=False, form__in=ROWS)
        done = Replay.objects.filter(refusal=OuterRef("pk"), outcome__in=FINAL)
        return self.filter(Exists(whole)).exclude(Exists(done))


class RefusalBody(models.Model):
    """The redacted text of one refused row, zstd-compressed, at most 64 KB of it; in partitions by the day it came.

    The table is made in SQL (migration 0005). `form` names the reader that replays it: see ROWS.
    """

    pk = models.CompositePrimaryKey("day", "refusal_id")
    day = models.DateField()
    refusal_id = models.BigIntegerField()
    project_id = models.UUIDField()
    form = models.CharField(max_length=16)
    truncated = models.BooleanField()
    rules_id = models.BigIntegerField()
    body = models.BinaryField()

    class Meta:
        db_table = "curation_refusalbody"

    def __str__(self) -> str:
        return f"{self.refusal_id}"


class Replay(models.Model):
    """One attempt to take a refused row after all; it is taken at most once."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    refusal = models.ForeignKey("curation.Refusal", on_delete=models.PROTECT, related_name="replays")
    batch = models.ForeignKey("curation.IngestBatch", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    code = models.CharField(max_length=40, blank=True, default="")
    replayed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["refusal"], condition=models.Q(outcome__in=FINAL), name="replay_taken_once"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="replay_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refusal_id}: {self.outcome}"
