"""Leases and votes. A vote counts only while it holds a numbered slot, so no interleaving can count one too many.

Their project is that of the item: a trigger compares the two where a foreign key would lock the one row of the project that
everybody writes under. An index that another one begins with is left out.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ..choices import TURN_ACTS
from .items import ItemRole


class Assignment(models.Model):
    """A lease on one slot of one item for one annotator; `groups` is what it took of the item's quota, kept while it may be given back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        "annotation.Item", on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    profile = models.ForeignKey(
        "annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    state = models.CharField(max_length=10, default="leased")
    lease_token = models.UUIDField(default=uuid.uuid4)
    leased_until = models.DateTimeField()
    prefetch = models.BooleanField(default=False)
    swapped = models.BooleanField()
    claimed_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    skip_reason = models.CharField(max_length=40, blank=True, default="")
    draft = models.JSONField(default=dict)
    groups = ArrayField(models.CharField(max_length=101), default=list, db_default=[])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "profile"],
                condition=Q(state__in=["leased", "submitted"]),
                name="assignment_once",
            ),
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(state="leased", prefetch=True),
                name="assignment_one_ahead",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["leased", "submitted", "expired", "skipped", "released"]),
                name="assignment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="leased") | Q(groups=[]), name="assignment_groups_end_with_the_lease"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["leased_until"], condition=Q(state="leased"), name="assignment_expiry"),
            models.Index(fields=["item", "profile"], name="assignment_of_item"),
            models.Index(fields=["profile", "-claimed_at"], name="assignment_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} by {self.profile_id} ({self.state})"


class Judgment(models.Model):
    """One annotator's word on one item; extras are kept, without a slot and uncounted. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        "annotation.Item", on_delete=models.PROTECT, related_name="judgments", db_index=False
    )
    profile = models.ForeignKey(
        "annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="judgments"
    )
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, related_name="judgment"
    )
    slot = models.PositiveSmallIntegerField(null=True)
    simulated = models.BooleanField(default=False)
    idempotency_key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "profile"], name="judgment_once_per_annotator"),
            models.UniqueConstraint(fields=["item", "slot"], name="judgment_one_per_slot"),
            models.CheckConstraint(
                condition=Q(slot__isnull=True) | Q(slot__gte=1), name="judgment_slot_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} by {self.profile_id}"

    @property
    def counted(self) -> bool:
        """Whether this judgment is one of those the item asked for."""
        return self.slot is not None

    @property
    def taken(self) -> bool:
        """What its author is told: as if gold and practice counted like all others, or they could be told apart."""
        return self.counted or self.item.role != ItemRole.WORK


class JudgmentRevision(models.Model):
    """What the judgment says, at one time; the highest number holds. Choices are stored unswapped."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    choice = models.CharField(max_length=10)
    strength = models.PositiveSmallIntegerField(default=0)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    rationale = models.TextField(blank=True, default="")
    response = models.ForeignKey(
        "annotation.Response", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    guidelines = models.ForeignKey(
        "curation.AssetVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    tags_version = models.PositiveIntegerField(null=True)
    policy = models.ForeignKey(
        "curation.AssetVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    section = models.CharField(max_length=20, blank=True, default="")
    act = models.CharField(max_length=10, blank=True, default="")
    active_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["judgment", "number"], name="judgment_revision_once"),
            models.CheckConstraint(
                condition=Q(section="") | Q(policy__isnull=False), name="judgment_section_of_policy"
            ),
            models.CheckConstraint(
                condition=Q(act="") | Q(act__in=TURN_ACTS, choice__in=["accept", "fix", "drop"]),
                name="judgment_act_of_repair",
            ),
            models.CheckConstraint(
                condition=Q(choice__in=["a", "b", "tie", "both_bad", "cannot", "accept", "fix", "drop"]),
                name="judgment_choice_known",
            ),
            models.CheckConstraint(
                condition=~Q(choice="fix") | Q(response__isnull=False), name="judgment_fix_has_response"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=[key], condition=Q((f"{key}__isnull", False)), name=f"judgment_revision_{key}"
            )
            for key in ("response", "guidelines", "policy")
        ]

    def __str__(self) -> str:
        return self.choice


class JudgmentGroup(models.Model):
    """The annotator's value on one axis, frozen at vote time; joined to the vote by id only."""

    id = models.BigAutoField(primary_key=True)
    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="groups")
    axis = models.ForeignKey("annotation.Axis", on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["judgment", "axis"], name="judgment_group_once")
        ]

    def __str__(self) -> str:
        return self.value
