"""The permanent head of one production request: small, and the only thing other tables point to."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class TrainingUse(models.TextChoices):
    """Whether the people behind a trace allow training on it; unknown is never selectable."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


class TraceState(models.TextChoices):
    """Open until its root has ended and a grace time is over."""

    OPEN = "open"
    SETTLED = "settled"


class TraceQuerySet(models.QuerySet["Trace"]):
    """Reads of traces."""

    def due_to_settle(self) -> "TraceQuerySet":
        """Traces with news whose grace time is over by the database's clock."""
        return self.filter(settle_after__lte=Now())


class Trace(models.Model):
    """One request of production. Spans and bodies lie in day partitions, found by (day, id); retention keeps this head."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="traces", db_index=False
    )
    external_id = models.CharField(max_length=128)
    day = models.DateField()
    occurred_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    service = models.CharField(max_length=120, blank=True, default="")
    environment = models.CharField(max_length=64, blank=True, default="")
    release = models.CharField(max_length=120, blank=True, default="")
    variant = models.CharField(max_length=120, blank=True, default="")
    model = models.CharField(max_length=120, blank=True, default="")
    session_key = models.CharField(max_length=64, blank=True, default="")
    user_key = models.CharField(max_length=64, blank=True, default="")
    route = models.CharField(max_length=16)
    source = models.CharField(max_length=120, blank=True, default="")
    licence = models.CharField(max_length=80, blank=True, default="")
    simulated = models.BooleanField(default=False)
    status = models.CharField(max_length=16, default="ok")
    escalated = models.BooleanField(default=False)
    truncated = models.BooleanField(default=False)
    training_use = models.CharField(max_length=8, choices=TrainingUse.choices, default=TrainingUse.UNKNOWN)
    training_use_source = models.CharField(max_length=24, blank=True, default="")
    training_use_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=TraceState.choices, default=TraceState.OPEN)
    settle_after = models.DateTimeField(null=True)
    span_count = models.PositiveIntegerField(default=0)
    current = models.OneToOneField(
        "curation.ConversationVersion", on_delete=models.PROTECT, null=True, related_name="current_of"
    )

    objects = TraceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "external_id"], name="trace_delivered_once"),
            models.CheckConstraint(
                condition=models.Q(training_use__in=TrainingUse.values), name="trace_training_use_known"
            ),
            models.CheckConstraint(condition=models.Q(state__in=TraceState.values), name="trace_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-occurred_at", "-id"], name="trace_newest"),
            models.Index(fields=["project", "service", "-occurred_at"], name="trace_service"),
            models.Index(fields=["project", "user_key"], condition=~models.Q(user_key=""), name="trace_user"),
            models.Index(
                fields=["training_use_until"],
                condition=models.Q(training_use="allowed", training_use_until__isnull=False),
                name="trace_permission_ends",
            ),
            models.Index(
                fields=["settle_after"],
                condition=models.Q(settle_after__isnull=False),
                name="trace_unsettled",
            ),
            models.Index(
                fields=["project", "session_key"], condition=~models.Q(session_key=""), name="trace_session"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id
