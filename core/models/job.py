"""The job row is the truth about long work: lease, heartbeat, and the attempt number as fencing token."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone


class JobState(models.TextChoices):
    """Queued and running are live; the other three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of the queue."""

    def live(self) -> "JobQuerySet":
        """Jobs that still have something to do."""
        return self.filter(state__in=LIVE)

    def claimable(self) -> "JobQuerySet":
        """Queued and due, or running under a lease that has run out by the database's clock."""
        queued = Q(state=JobState.QUEUED, run_after__lte=Now())
        lost = Q(state=JobState.RUNNING, lease_until__lt=Now())
        return self.filter(queued | lost)


class Job(models.Model):
    """One piece of long work. A worker owns it only while `attempt` is the number it claimed with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    queue = models.CharField(max_length=32, default="default")
    project_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    lease_seconds = models.PositiveIntegerField(default=30)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=128, blank=True, default="")
    run_after = models.DateTimeField(db_default=Now())
    cancel_requested_at = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    doing = models.CharField(max_length=200, blank=True, default="")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "dedupe_key"],
                condition=Q(state__in=["queued", "running"]) & ~Q(dedupe_key=""),
                name="job_one_live_per_key",
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=Q(attempt__lte=F("max_attempts")), name="job_attempts_capped"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "run_after"], condition=Q(state__in=["queued", "running"]), name="job_live"
            ),
            models.Index(fields=["project_id", "-created_at"], name="job_project"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.state})"

    @property
    def share(self) -> float:
        """Progress in 0..1; 0 while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def eta(self) -> timedelta | None:
        """Remaining time at the rate so far; None before there is a rate."""
        if self.state != JobState.RUNNING or not self.started_at or not self.done or not self.total:
            return None
        elapsed = timezone.now() - self.started_at
        return elapsed * ((self.total - self.done) / self.done)


class JobLog(models.Model):
    """What a job said while it worked; shown on its page."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(db_default=Now())
    attempt = models.PositiveIntegerField()
    level = models.CharField(max_length=8, default="info")
    message = models.TextField()

    def __str__(self) -> str:
        return self.message
