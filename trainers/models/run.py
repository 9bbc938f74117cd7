"""A training run: one-to-one with a job, started from an approval, never from a snapshot (invariant 5)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

RUN_KINDS = ("base", "sft", "dpo", "ptq")
LIVE_STATES = ("queued", "starting", "running", "stopping")
FINAL_STATES = ("succeeded", "failed", "cancelled")


class Recipe(models.Model):
    """How to train: all parameters, versioned by number. Append-only."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="recipes")
    name = models.CharField(max_length=60)
    number = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=8)
    spec = models.JSONField()
    spec_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name", "number"], name="recipe_once"),
            models.CheckConstraint(condition=Q(kind__in=RUN_KINDS), name="recipe_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class RunQuerySet(models.QuerySet["Run"]):
    """Reads of runs."""

    def live(self) -> "RunQuerySet":
        """Runs that still have something to do."""
        return self.filter(state__in=LIVE_STATES)


class Run(models.Model):
    """One training run. Its folder holds all it reads and writes; this row holds what the product knows of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="runs")
    job = models.OneToOneField("core.Job", on_delete=models.PROTECT, related_name="run")
    approval = models.ForeignKey("snapshots.Approval", on_delete=models.PROTECT, related_name="runs")
    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=8)
    parent = models.ForeignKey(
        "trainers.ModelVersion", on_delete=models.PROTECT, null=True, related_name="runs_from"
    )
    reference = models.ForeignKey(
        "trainers.ModelVersion", on_delete=models.PROTECT, null=True, related_name="runs_beside"
    )
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    spec = models.JSONField()
    spec_sha256 = models.CharField(max_length=64)
    folder = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default="queued")
    step = models.PositiveIntegerField(default=0)
    total_steps = models.PositiveIntegerField(default=0)
    eta_seconds = models.FloatField(null=True)
    metrics_offset = models.PositiveBigIntegerField(default=0)
    samples_offset = models.PositiveBigIntegerField(default=0)
    summary = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["approval", "recipe", "parent"],
                condition=Q(state__in=LIVE_STATES),
                nulls_distinct=False,
                name="run_one_live",
            ),
            models.CheckConstraint(condition=Q(kind__in=RUN_KINDS), name="run_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=[*LIVE_STATES, *FINAL_STATES]), name="run_state_known"
            ),
            models.CheckConstraint(condition=Q(kind="base") | Q(parent__isnull=False), name="run_has_parent"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-created_at"], name="run_newest")]

    def __str__(self) -> str:
        return f"{self.recipe} {str(self.id)[:8]}"


class Attempt(models.Model):
    """One start of a run's process. Its number is the job's fencing token."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    host = models.CharField(max_length=120)
    boot_id = models.CharField(max_length=64, blank=True, default="")
    pid = models.PositiveIntegerField(null=True)
    pid_started = models.FloatField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    heartbeat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    resumed_from_step = models.PositiveIntegerField(default=0)
    detail = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="attempt_once"),
            models.UniqueConstraint(fields=["run"], condition=Q(outcome=""), name="attempt_one_live"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.run_id}"
