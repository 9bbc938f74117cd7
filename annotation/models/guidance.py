"""What guides a person's judging: which guidelines they have read, the keys they press, what they asked a lead."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

KEY_MODES = ("plain", "alt", "off")
"""A bare letter or digit, the same with Alt held, or none at all (WCAG 2.1.4)."""


class GuidelinesRead(models.Model):
    """One person has read one version. Append-only: what had been read when is part of what an answer means."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(
        "annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="guidelines_read"
    )
    version = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "version"], name="guidelines_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} read {self.version_id}"


class KeyMap(models.Model):
    """The keys one person chose for judging and repairing; an act that is not named has its usual key."""

    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="key_map"
    )
    mode = models.CharField(max_length=8, default="plain")
    keys = models.JSONField(default=dict)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mode__in=KEY_MODES), name="key_map_mode_known")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.mode}"


class Question(models.Model):
    """What an annotator asked the leads about one item. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("annotation.Item", on_delete=models.PROTECT, related_name="questions")
    profile = models.ForeignKey(
        "annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="questions"
    )
    assignment = models.OneToOneField(
        "annotation.Assignment", on_delete=models.PROTECT, related_name="question"
    )
    text = models.TextField()
    idempotency_key = models.UUIDField(unique=True)
    asked_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.text[:60]


class QuestionAnswer(models.Model):
    """A lead's word on a question, given once. Append-only."""

    question = models.OneToOneField(
        Question, on_delete=models.PROTECT, primary_key=True, related_name="answer"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.text[:60]
