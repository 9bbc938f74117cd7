"""Four eyes: a request, a decision by somebody else, and the approval that training runs name (invariant 5)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Review(models.Model):
    """A request to sign one sealed snapshot."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="reviews")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="reviews")
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    note = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, default="open")
    checks = models.JSONField(default=list)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot"], condition=Q(state="open"), name="review_one_open"),
            models.UniqueConstraint(fields=["id", "snapshot", "requested_by"], name="review_key"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True)
                | Q(state="cancelled")
                | (Q(state__in=["approved", "refused"], decided_by__isnull=False) & ~Q(reason="")),
                name="review_decision_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(state="cancelled")
                | ~Q(decided_by=F("requested_by")),
                name="review_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot}: {self.state}"


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Reads of approvals."""

    def standing(self) -> "ApprovalQuerySet":
        """Approvals that were not withdrawn."""
        return self.filter(withdrawal__isnull=True)


class Approval(models.Model):
    """The signature on one root. The only thing a training run can name. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="approvals")
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="approval")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="approvals")
    root = models.CharField(max_length=64)
    requester = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    signature = models.CharField(max_length=64)
    key_id = models.CharField(max_length=32)
    approved_at = models.DateTimeField(db_default=Now())

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(approver=F("requester")), name="approval_four_eyes"),
            models.CheckConstraint(condition=~Q(reason=""), name="approval_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot} by {self.approver}"


class Withdrawal(models.Model):
    """The end of an approval: nothing new starts from it, and what runs stops. Append-only."""

    id = models.BigAutoField(primary_key=True)
    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    withdrawn_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_reason")
        ]

    def __str__(self) -> str:
        return str(self.approval_id)
