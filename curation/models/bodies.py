"""Day-partitioned bodies, referenced by value and written by the ingest role only. Tables are made in SQL (migration 0002)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Span(models.Model):
    """One redacted span of a trace. `body` is zstd-compressed JSON; retention drops whole days.

    The key makes it once; the keyed hash of the raw canonical bytes tells a re-delivery from a conflict. A span
    that a record was read into has none: its request's receipt does that.
    """

    pk = models.CompositePrimaryKey("day", "trace_id", "span_id")
    day = models.DateField()
    trace_id = models.UUIDField()
    span_id = models.CharField(max_length=64)
    project_id = models.UUIDField()
    parent_span_id = models.CharField(max_length=64, blank=True, default="")
    name = models.TextField()
    kind = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=16)
    rules_id = models.BigIntegerField()
    body = models.BinaryField()
    batch_id = models.UUIDField()
    content_hmac = models.BinaryField(max_length=32, null=True)
    key_id = models.CharField(max_length=32)

    class Meta:
        db_table = "curation_span"

    def __str__(self) -> str:
        return f"{self.trace_id}:{self.span_id}"


class ConversationBody(models.Model):
    """The normal form of one conversation version, zstd-compressed JSON {conversation, marks}."""

    pk = models.CompositePrimaryKey("day", "version_id")
    day = models.DateField()
    version_id = models.UUIDField()
    project_id = models.UUIDField()
    rules_id = models.BigIntegerField()
    body = models.BinaryField()

    class Meta:
        db_table = "curation_conversation_body"

    def __str__(self) -> str:
        return str(self.version_id)


class PinnedBody(models.Model):
    """A copy that outlives retention, because a pair, a snapshot or a backlog item uses it."""

    version = models.OneToOneField(
        "curation.ConversationVersion", on_delete=models.PROTECT, primary_key=True, related_name="pinned"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    rules = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    body = models.BinaryField()
    pinned_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project"], name="pinned_project")]

    def __str__(self) -> str:
        return str(self.version_id)
