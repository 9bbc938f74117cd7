"""What users and colleagues said about answers, and the work that follows from it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Feedback(models.Model):
    """One word about one trace from its user, a reviewer or a simulator. Append-only."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    trace = models.ForeignKey("curation.Trace", on_delete=models.PROTECT, related_name="feedback")
    rating = models.SmallIntegerField(null=True)
    origin = models.CharField(max_length=24)
    simulated = models.BooleanField(default=False)
    needs_work = models.BooleanField(default=False)
    comment = models.TextField(blank=True, default="")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__in=[-1, 1]), name="feedback_rating"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trace_id}: {self.rating}"


class BacklogItem(models.Model):
    """Needs work: one target, one reason, an owner, and an end. What comes in equals what is open plus what was resolved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="backlog")
    trace = models.ForeignKey("curation.Trace", on_delete=models.PROTECT, null=True, related_name="backlog")
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    citation = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True, default="")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="backlog")
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=12, default="open")
    resolution = models.CharField(max_length=12, blank=True, default="")
    resolved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    produced = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(trace__isnull=False, citation="") | (Q(trace__isnull=True) & ~Q(citation="")),
                name="backlog_one_target",
            ),
            models.CheckConstraint(
                condition=Q(state="open", resolution="")
                | Q(
                    state="resolved",
                    resolution__in=["pair", "repair", "dismissed", "reindexed"],
                    resolved_at__isnull=False,
                ),
                name="backlog_resolution_with_state",
            ),
            models.UniqueConstraint(
                fields=["project", "trace", "reason"],
                condition=Q(state="open", trace__isnull=False),
                name="backlog_open_once_per_trace",
            ),
            models.UniqueConstraint(
                fields=["project", "citation", "reason"],
                condition=Q(state="open") & ~Q(citation=""),
                name="backlog_open_once_per_citation",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "state", "-opened_at"], name="backlog_open")]

    def __str__(self) -> str:
        return f"{self.reason} ({self.state})"
