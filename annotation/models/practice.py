"""A practice round: items with known answers that a person must get right before a campaign's work is given to them.

Nothing here is a judgment: practice answers lie in a table of their own, so nothing can count or export them.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class PracticeItem(models.Model):
    """A decided pair (or repair) of the project, or one a lead wrote, with its right answers and why they are right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        "annotation.Campaign", on_delete=models.PROTECT, related_name="practice_items"
    )
    source = models.ForeignKey("annotation.Item", on_delete=models.PROTECT, null=True, related_name="+")
    question = models.TextField(blank=True, default="")
    answer_a = models.TextField(blank=True, default="")
    answer_b = models.TextField(blank=True, default="")
    right_choices = ArrayField(models.CharField(max_length=10))
    explanation = models.TextField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "source"],
                condition=Q(retired_at__isnull=True),
                name="practice_source_once",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False, question="")
                | Q(source__isnull=True) & ~Q(question="") & ~Q(answer_a=""),
                name="practice_picked_or_written",
            ),
            models.CheckConstraint(
                condition=Q(right_choices__len__gt=0) & ~Q(explanation=""), name="practice_answer_explained"
            ),
        ]

    def __str__(self) -> str:
        return self.question[:60] or str(self.source_id)


class PracticeTry(models.Model):
    """One person's way through a round: which items in which order and on which sides, and how many must be right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("annotation.Campaign", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(
        "annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="practice_tries"
    )
    number = models.PositiveIntegerField()
    items = ArrayField(models.UUIDField())
    swapped = ArrayField(models.BooleanField())
    needs = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "profile", "number"], name="practice_try_once"),
            models.UniqueConstraint(
                fields=["campaign", "profile"],
                condition=Q(ended_at__isnull=True),
                name="practice_one_open_try",
            ),
            models.CheckConstraint(condition=Q(needs__gte=1), name="practice_try_asks_something"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} try {self.number}"


class PracticeAnswer(models.Model):
    """What a person said of one practice item; whether it is right is checked by the database. Append-only."""

    id = models.BigAutoField(primary_key=True)
    practice = models.ForeignKey(PracticeTry, on_delete=models.PROTECT, related_name="answers")
    item = models.ForeignKey(PracticeItem, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10)
    strength = models.PositiveSmallIntegerField(default=0)
    is_right = models.BooleanField()
    active_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "item"], name="practice_answer_once")
        ]

    def __str__(self) -> str:
        return self.choice


class Qualification(models.Model):
    """A person may be given a campaign's work: they passed a try, or a lead let them in without. Append-only."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        "annotation.Campaign", on_delete=models.PROTECT, related_name="qualifications"
    )
    profile = models.ForeignKey(
        "annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="qualifications"
    )
    practice = models.OneToOneField(PracticeTry, on_delete=models.PROTECT, null=True, related_name="+")
    granted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "profile"], name="qualification_once"),
            models.CheckConstraint(
                condition=Q(practice__isnull=False) ^ Q(granted_by__isnull=False),
                name="qualification_passed_or_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} for {self.campaign_id}"
