"""Questions near a held-out item in meaning: flags that ask a person and drop nothing by themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class FlagAnswer(models.TextChoices):
    """What a person said to a flag."""

    SAME = "same", _("The same task")
    OTHER = "other", _("Another task")


class MeaningCheck(models.Model):
    """Up to which quarantine version number a question's vector was compared, and by which model."""

    version = models.OneToOneField(
        "curation.ConversationVersion",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="meaning_check",
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=120)
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.version_id}: v{self.number}"


class MeaningFlag(models.Model):
    """One question and the held-out item nearest to it, `score` their cosine; answered once, by a person."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="meaning_flags"
    )
    item = models.ForeignKey("curation.QuarantineItem", on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=120)
    score = models.FloatField()
    raised_at = models.DateTimeField(db_default=Now())
    answer = models.CharField(max_length=8, choices=FlagAnswer.choices, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "item"], name="meaning_flag_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(answer__in=FlagAnswer.values, answered_by__isnull=False, answered_at__isnull=False),
                name="meaning_flag_answered",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "answer", "-id"], name="meaning_flags_open")]

    def __str__(self) -> str:
        return f"{self.version_id} ~ {self.item_id}"
