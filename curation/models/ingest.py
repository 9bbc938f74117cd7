"""What arrived, what was refused and why. Receipts make a second delivery harmless."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from curation.models.refused import RefusalQuerySet


class IngestBatch(models.Model):
    """One request or file. Audited as a whole; its counts add up to what was in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="ingest_batches")
    route = models.CharField(max_length=16)
    source_name = models.CharField(max_length=200, blank=True, default="")
    token = models.ForeignKey("accounts.ApiToken", on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    bytes = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    redelivered = models.PositiveIntegerField(default=0)
    conflicting = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0, db_default=0)
    redactions = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-received_at"], name="batch_newest")]

    def __str__(self) -> str:
        return f"{self.route} {self.received_at:%F %T}"


class Receipt(models.Model):
    """One delivered request: a record is known by its id in whatever trace it comes. (A span is its own receipt.)

    The keyed hash of its raw canonical bytes tells a re-delivery from a conflict. Refers by value, as it is
    written with every record: its key is the only index.
    """

    pk = models.CompositePrimaryKey("project_id", "external_id")
    project_id = models.UUIDField()
    external_id = models.CharField(max_length=200)
    trace_id = models.UUIDField()
    batch_id = models.UUIDField()
    content_hmac = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=32)
    received_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.external_id


class Refusal(models.Model):
    """An item that was not taken: its place, length and keyed hash, and a reason to act on. See RefusalBody for its text."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="refusals")
    batch = models.ForeignKey(IngestBatch, on_delete=models.PROTECT, related_name="refusals")
    place = models.CharField(max_length=200)
    line = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=40)
    message = models.TextField()
    hint = models.TextField(blank=True, default="")
    length = models.PositiveIntegerField(default=0)
    content_hmac = models.BinaryField(max_length=32, null=True)
    key_id = models.CharField(max_length=32, blank=True, default="")
    refused_at = models.DateTimeField(db_default=Now())

    objects = RefusalQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "code", "-id"], name="refusal_code")]

    def __str__(self) -> str:
        return f"{self.place}: {self.code}"
