"""Redaction rules in use: what a version was checked against, what people reported, and what a new version changed."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class RuleCheck(models.Model):
    """The proof that a rule version was tried on every standing case. Append-only; without it no version comes into force.

    A *patch* only adds literals and spared values to the version before it (the database compares them), so it may still
    owe cases that need a rule.
    """

    version = models.OneToOneField(
        "curation.AssetVersion", on_delete=models.PROTECT, primary_key=True, related_name="check_of"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField()
    failed = models.PositiveIntegerField(default=0)
    patch = models.BooleanField(default=False)
    checked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(failed=0) | Q(patch=True), name="rule_check_passed"),
            models.CheckConstraint(condition=Q(failed__lte=F("cases")), name="rule_check_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.cases - self.failed} of {self.cases}"


class ReportKind(models.TextChoices):
    """Text that should have gone, or a surrogate that should not be there."""

    MISS = "miss"
    FALSE_HIT = "false_hit"


class RuleReport(models.Model):
    """A miss or a false hit a lead marked, and the test case made of it. The reported text itself is never stored.

    `digest` is the keyed hash of a missed text, `example` an invented look-alike in which [start, end) must go (a miss)
    or must stay (a false hit).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="rule_reports")
    version = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ReportKind.choices)
    identifier = models.CharField(max_length=24)
    path = models.CharField(max_length=400)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, blank=True, default="")
    key_id = models.CharField(max_length=32, blank=True, default="")
    surrogate = models.CharField(max_length=96, blank=True, default="")
    example = models.CharField(max_length=600)
    example_start = models.PositiveIntegerField()
    example_end = models.PositiveIntegerField()
    reported_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(db_default=Now())
    set_aside_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    set_aside_at = models.DateTimeField(null=True)
    set_aside_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="rule_report_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="miss", surrogate="") & ~Q(digest="")
                | Q(kind="false_hit", digest="") & ~Q(surrogate=""),
                name="rule_report_names_one",
            ),
            models.CheckConstraint(
                condition=Q(example_start__lt=F("example_end")) & Q(start__lt=F("end")),
                name="rule_report_span",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True, set_aside_reason="")
                | Q(set_aside_at__isnull=False, set_aside_by__isnull=False) & ~Q(set_aside_reason=""),
                name="rule_report_set_aside_with_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-reported_at", "-id"], name="rule_report_newest")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"


class Reredaction(models.Model):
    """One run of a rule version over what is stored. The cursor moves with each batch, in the batch's own transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="reredactions")
    rules = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("core.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    erase = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True, default="")
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    cursor_at = models.DateTimeField(null=True)
    cursor_id = models.UUIDField(null=True)
    seen = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    spans = models.PositiveIntegerField(default=0)
    erased = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    kinds = models.JSONField(default=dict)
    by_rule = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="queued")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "overtaken", "cancelled"]),
                name="reredaction_state_known",
            ),
            models.CheckConstraint(
                condition=Q(erase=False) | ~Q(reason=""), name="reredaction_erases_with_reason"
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(state__in=["queued", "running"]), name="reredaction_one_live"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-requested_at", "-id"], name="reredaction_newest")
        ]

    def __str__(self) -> str:
        return f"{self.rules}: {self.changed} of {self.seen}"


class Reredacted(models.Model):
    """One conversation that a run changed: the version before, the version after, and what the new rules caught. Append-only."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Reredaction, on_delete=models.PROTECT, related_name="changes")
    trace = models.ForeignKey("curation.Trace", on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    after = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    spans = models.PositiveIntegerField(default=0)
    kinds = models.JSONField(default=dict)
    by_rule = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "trace"], name="reredacted_once")]
        indexes: ClassVar = [models.Index(fields=["before"], name="reredacted_before")]

    def __str__(self) -> str:
        return f"{self.trace_id}: {self.before_id} → {self.after_id}"


class BodyErasure(models.Model):
    """A superseded body that was destroyed because it held what the rules had missed. Written by `curation_erase_body` only."""

    version = models.OneToOneField(
        "curation.ConversationVersion", on_delete=models.PROTECT, primary_key=True, related_name="erasure"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Reredaction, on_delete=models.PROTECT, related_name="erasures")
    pinned = models.BooleanField(default=False)
    erased_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.version_id)
