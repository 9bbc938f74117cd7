"""The proof that a content was compared with the quarantine: what a snapshot row must name (invariant 3)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from curation.match_words import method_words


class Screening(models.Model):
    """This content against that quarantine version: clean, or a hit with the contaminated span as evidence.

    `verdict` is what the database derives from the hits and the rulings on them (migration 0016): clean when every hit was
    cleared. `base` is the earlier screening that this one adds the newer items to; both are by the same `engine`.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    quarantine = models.ForeignKey(
        "curation.AssetVersion", on_delete=models.PROTECT, related_name="screenings"
    )
    verdict = models.CharField(max_length=8)
    item = models.ForeignKey("curation.QuarantineItem", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, null=True, related_name="screenings"
    )
    evidence = models.JSONField(default=dict)
    engine = models.CharField(max_length=64, db_default="")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    screened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "content_hash", "quarantine"], name="screening_once"),
            models.UniqueConstraint(
                fields=["project", "content_hash", "quarantine", "verdict"], name="screening_verdict_key"
            ),
            models.CheckConstraint(condition=Q(verdict__in=["clean", "hit"]), name="screening_verdict_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "verdict", "-id"], name="screening_hits")]

    def __str__(self) -> str:
        return f"{self.content_hash[:12]}: {self.verdict}"

    @property
    def how(self) -> str:
        """The method of its strongest hit, in words."""
        return method_words(str(self.evidence.get("method", "")))


class ScreeningHit(models.Model):
    """One held-out item found in one content, with places (never words) as evidence."""

    id = models.BigAutoField(primary_key=True)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="hits")
    item = models.ForeignKey("curation.QuarantineItem", on_delete=models.PROTECT, related_name="hits")
    method = models.CharField(max_length=16)
    score = models.FloatField()
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screening", "item"], name="screening_hit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.screening_id}: {self.item_id}"

    @property
    def how(self) -> str:
        """The method in words."""
        return method_words(self.method)


class Ruled(models.TextChoices):
    """What a person said about a hit."""

    CONFIRMED = "confirmed", _("Confirmed")
    CLEARED = "cleared", _("Cleared")


class HitRuling(models.Model):
    """A person's word on one item found in one content. The latest holds; a cleared exact copy needs a second person.

    An item never changes, so a ruling outlives quarantine versions; another content or another item is another question.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    item = models.ForeignKey("curation.QuarantineItem", on_delete=models.PROTECT, related_name="rulings")
    decision = models.CharField(max_length=12, choices=Ruled.choices)
    reason = models.CharField(max_length=1000, blank=True, default="")
    two_people = models.BooleanField(default=False)
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField(db_default=Now())
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    seconded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decision__in=Ruled.values), name="ruling_decision_known"),
            models.CheckConstraint(
                condition=Q(decision=Ruled.CONFIRMED) | ~Q(reason=""), name="ruling_cleared_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=F("ruled_by")), name="ruling_by_two"
            ),
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True, seconded_at__isnull=True)
                | Q(
                    seconded_by__isnull=False,
                    seconded_at__isnull=False,
                    two_people=True,
                    decision=Ruled.CLEARED,
                ),
                name="ruling_seconded_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "content_hash", "item", "-id"], name="ruling_latest")
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {self.item_id}"

    @property
    def waits(self) -> bool:
        """Cleared by one person, and in force only when a second agrees."""
        return self.decision == Ruled.CLEARED and self.two_people and self.seconded_by_id is None
