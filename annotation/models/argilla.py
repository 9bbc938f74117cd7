"""A campaign judged in Argilla: where, by whom, which record stands for which item, and what came back."""

import json
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ArgillaConnection(models.Model):
    """A project's Argilla server. Keys are sealed under the keyring (`bridge/secrets.py`) and are never shown again."""

    project = models.OneToOneField(
        "accounts.Project", on_delete=models.PROTECT, primary_key=True, related_name="argilla"
    )
    server = models.CharField(max_length=200)
    workspace = models.CharField(max_length=80)
    key_id = models.CharField(max_length=32)
    api_key = models.BinaryField()
    webhook_id = models.UUIDField(null=True)
    webhook_secret = models.BinaryField(null=True)
    changed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(webhook_id__isnull=True, webhook_secret__isnull=True)
                | Q(webhook_id__isnull=False, webhook_secret__isnull=False),
                name="argilla_webhook_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.server


class ArgillaAccount(models.Model):
    """Which Argilla user answers for which annotator, for good: the id stays when the user is deleted or renamed there.

    A person may have had several. `made_with` is the keyring's key that the first password comes from, "" for an
    account that was there before.
    """

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(ArgillaConnection, on_delete=models.PROTECT, related_name="accounts")
    profile = models.ForeignKey(
        "annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="argilla_accounts"
    )
    user_id = models.UUIDField()
    username = models.CharField(max_length=200)
    made_with = models.CharField(max_length=32, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "user_id"], name="argilla_account_one_person"),
        ]

    def __str__(self) -> str:
        return self.username


class ArgillaDataset(models.Model):
    """The data set a campaign was pushed to; known by its id, so a new name there changes nothing.

    `guidelines` is the version that people there read: answers are given under it, whatever is in force here.
    """

    campaign = models.OneToOneField(
        "annotation.Campaign", on_delete=models.PROTECT, primary_key=True, related_name="argilla"
    )
    connection = models.ForeignKey(ArgillaConnection, on_delete=models.PROTECT, related_name="datasets")
    dataset_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    guidelines = models.ForeignKey(
        "curation.AssetVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class ArgillaRecord(models.Model):
    """The record of one item: its own id is the external id, its sides are drawn before anything is sent.

    `record_id` is Argilla's id, null until it has said that it holds the record; `fields_hash` is of what was sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(
        "annotation.Campaign", on_delete=models.PROTECT, related_name="argilla_records"
    )
    item = models.OneToOneField("annotation.Item", on_delete=models.PROTECT, related_name="argilla_record")
    swapped = models.BooleanField()
    record_id = models.UUIDField(null=True)
    fields_hash = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.id)[:8]


class ArgillaAnswer(models.Model):
    """One state of one response that was taken in, once per (response, time of its last change). Append-only."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(ArgillaRecord, on_delete=models.PROTECT, related_name="answers")
    response_id = models.UUIDField()
    updated_at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    profile = models.ForeignKey("annotation.AnnotatorProfile", on_delete=models.PROTECT, related_name="+")
    judgment = models.ForeignKey(
        "annotation.Judgment", on_delete=models.PROTECT, null=True, related_name="argilla_answers"
    )
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response_id", "updated_at"], name="argilla_answer_once"),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["counted", "uncounted", "revised", "unchanged"], judgment__isnull=False
                )
                | Q(outcome="skipped", judgment__isnull=True),
                name="argilla_answer_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id} {self.outcome}"


class ArgillaRefusal(models.Model):
    """A response, or a span of one, that was not taken in, and why. Append-only; `said` has passed the redaction."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(
        "annotation.Campaign", on_delete=models.PROTECT, related_name="argilla_refusals"
    )
    record = models.ForeignKey(ArgillaRecord, on_delete=models.PROTECT, related_name="refusals")
    response_id = models.UUIDField()
    updated_at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    code = models.CharField(max_length=40)
    place = models.CharField(max_length=80, blank=True, default="")
    detail = models.CharField(max_length=400)
    said = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response_id", "updated_at", "code", "place"], name="argilla_refusal_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["campaign", "-id"], name="argilla_refusal_latest")]

    def __str__(self) -> str:
        return f"{self.response_id}: {self.code}"

    @property
    def said_text(self) -> str:
        """What it said, as JSON to read."""
        return json.dumps(self.said, indent=2, ensure_ascii=False)


class ArgillaDelivery(models.Model):
    """A webhook message that was heard, kept while a copy of it could still pass for fresh."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(ArgillaConnection, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=200)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "message_id"], name="argilla_delivery_once")
        ]

    def __str__(self) -> str:
        return self.message_id
