"""Answers known to be wrong, or almost right for another question: what a preference pair can be made of. Append-only."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

BARRED = ("quarantined", "training_denied", "training_unknown", "body_retired", "unreadable")


class HardNegativeQuerySet(models.QuerySet["HardNegative"]):
    """Reads of hard negatives."""

    def usable(self) -> "HardNegativeQuerySet":
        """Those whose conversations may be trained on now: permission may have ended and a quarantine grown since."""
        found = self
        for name in ("prompt", "negative"):
            allowed = {f"{name}__trace__training_use": "allowed", f"{name}__current_of__isnull": False}
            found = found.filter(**allowed).exclude(**{f"{name}__curation__drop_reason__in": BARRED})
        return found


class HardNegative(models.Model):
    """`negative`'s answer does not stand for `prompt`'s question; `positive`'s answer does, where one is known.

    A near miss is another question's answer and has a margin; every other rule is about the version's own answer and has the
    evidence anybody can check.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=24)
    prompt = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="+")
    negative = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="hard_negatives"
    )
    positive = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    margin = models.FloatField(null=True)
    stratum = models.CharField(max_length=120)
    evidence = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_default=Now())

    objects = HardNegativeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "prompt", "negative"], name="hard_negative_once"),
            models.CheckConstraint(
                condition=Q(rule__in=["near_miss", "failed_tool", "wrong_arithmetic", "contradicts_tool"]),
                name="hard_negative_rule_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        rule="near_miss",
                        margin__isnull=False,
                        margin__gt=0,
                        positive__isnull=False,
                        positive=F("prompt"),
                    )
                    & ~Q(prompt=F("negative"))
                )
                | (~Q(rule="near_miss") & Q(margin__isnull=True, prompt=F("negative")) & ~Q(evidence={})),
                name="hard_negative_has_its_proof",
            ),
            models.CheckConstraint(
                condition=Q(positive__isnull=True) | ~Q(positive=F("negative")),
                name="hard_negative_is_not_the_positive",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "rule", "-id"], name="hard_negative_rule"),
            models.Index(fields=["project", "stratum", "rule"], name="hard_negative_stratum"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.negative_id}"
