"""What stands about the quality of votes: reports over them, right answers of gold items, decisions over disagreement. Append-only."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

GOLD_CHOICES = ["a", "b", "tie", "both_bad", "accept", "fix", "drop"]
"""What can be right: everything one may say but that it cannot be judged."""


class QualityReport(models.Model):
    """Everything computed over exactly these votes of a campaign, once per hash of them; `numbers` is what the page shows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        "annotation.Campaign", on_delete=models.PROTECT, related_name="quality_reports"
    )
    votes_hash = models.CharField(max_length=64)
    votes = models.PositiveIntegerField()
    simulated = models.PositiveIntegerField(default=0)
    numbers = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "votes_hash"], name="quality_report_once"),
            models.CheckConstraint(
                condition=Q(simulated__lte=models.F("votes")), name="quality_simulated_share"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "-created_at"], name="quality_report_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.votes_hash[:8]}"


class SoftLabel(models.Model):
    """What is probable of one item: by the votes alone and by each crowd model, as shares adding up to 1 ({} where undefined).

    `entropy` is that of the votes, in bits; `contested` says that a model finds another answer likelier than the most votes.
    """

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(QualityReport, on_delete=models.PROTECT, related_name="soft_labels")
    item = models.ForeignKey("annotation.Item", on_delete=models.PROTECT, related_name="soft_labels")
    votes = models.JSONField()
    dawid_skene = models.JSONField(default=dict)
    mace = models.JSONField(default=dict)
    entropy = models.FloatField()
    contested = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "item"], name="soft_label_once"),
            models.CheckConstraint(condition=Q(entropy__gte=0), name="soft_label_entropy"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["report", "-entropy", "id"], condition=Q(entropy__gt=0), name="soft_label_split"
            ),
            models.Index(fields=["report"], condition=Q(contested=True), name="soft_label_contested"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.entropy:.2f} bits"


class GoldAnswer(models.Model):
    """The right answer to a gold item and why; the highest number holds. Shown to nobody who is asked the item."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("annotation.Item", on_delete=models.PROTECT, related_name="gold_answers")
    number = models.PositiveIntegerField()
    choice = models.CharField(max_length=10)
    explanation = models.TextField()
    most_people = models.PositiveSmallIntegerField(default=50)
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "number"], name="gold_answer_once"),
            models.CheckConstraint(
                condition=Q(choice__in=GOLD_CHOICES),
                name="gold_choice_known",
            ),
            models.CheckConstraint(condition=~Q(explanation=""), name="gold_explained"),
            models.CheckConstraint(condition=Q(most_people__gte=1), name="gold_shown_to_somebody"),
        ]

    def __str__(self) -> str:
        return self.choice


class Adjudication(models.Model):
    """A person's decision over votes that disagree, with the reason; the highest number holds, the votes stay as they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("annotation.Item", on_delete=models.PROTECT, related_name="adjudications")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12)
    strength = models.PositiveSmallIntegerField(default=0)
    response = models.ForeignKey("annotation.Response", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "number"], name="adjudication_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="adjudication_reasoned"),
            models.CheckConstraint(
                condition=Q(outcome__in=["a", "b"], strength__in=[1, 2])
                | Q(
                    outcome__in=["tie", "both_bad", "cannot", "accepted", "fixed", "dropped"],
                    strength=0,
                ),
                name="adjudication_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome
