"""Rows of sealed snapshots with their lineage. The screening they name is a composite foreign key (migration 0002)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RowContent(models.Model):
    """One canonical row and its random salt, stored once and reused by every snapshot; erasure empties both."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=32)
    leaf = models.CharField(max_length=64)
    salt = models.BinaryField(max_length=32, null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "content_hash"], name="row_content_once"),
            models.UniqueConstraint(fields=["project", "leaf"], name="row_leaf_once"),
            models.UniqueConstraint(fields=["id", "content_hash", "leaf"], name="row_content_key"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, salt__isnull=False, body__isnull=False)
                | Q(erased_at__isnull=False, salt__isnull=True, body__isnull=True),
                name="row_content_whole_or_erased",
            ),
        ]

    def __str__(self) -> str:
        return self.leaf[:12]


class SnapshotRow(models.Model):
    """One row of one snapshot, named and sorted by its salted leaf hash. Append-only."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="rows")
    content = models.ForeignKey(RowContent, on_delete=models.PROTECT, related_name="rows")
    content_hash = models.CharField(max_length=64)
    leaf = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    quarantine = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    screening_verdict = models.CharField(max_length=8, default="clean")
    trace = models.ForeignKey("curation.Trace", on_delete=models.PROTECT, related_name="rows")
    version = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="rows")
    cluster_key = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=32)
    split = models.CharField(max_length=12)
    simulated = models.BooleanField(default=False)
    licence = models.CharField(max_length=80, blank=True, default="")
    domain = models.CharField(max_length=80, blank=True, default="")
    difficulty = models.CharField(max_length=16, blank=True, default="")
    kind = models.CharField(max_length=24, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "leaf"], name="row_once_per_snapshot"),
            models.UniqueConstraint(fields=["snapshot", "position"], name="row_position_once"),
            models.CheckConstraint(condition=Q(screening_verdict="clean"), name="row_screened_clean"),
            models.CheckConstraint(condition=Q(split__in=["train", "validation"]), name="row_split_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["leaf"], name="row_leaf")]

    def __str__(self) -> str:
        return self.leaf[:12]


class RowSource(models.Model):
    """A conversation that a row was made from, and the part it plays in it. Append-only."""

    id = models.BigAutoField(primary_key=True)
    row = models.ForeignKey(SnapshotRow, on_delete=models.PROTECT, related_name="sources")
    trace = models.ForeignKey("curation.Trace", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="+")
    response = models.ForeignKey("annotation.Response", on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["row", "role", "version"], name="row_source_once"),
            models.CheckConstraint(
                condition=Q(role__in=["answer", "prompt", "chosen", "rejected"]), name="row_source_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.row_id}"


class RowJudgment(models.Model):
    """A judgment revision that a row rests on. Append-only."""

    id = models.BigAutoField(primary_key=True)
    row = models.ForeignKey(SnapshotRow, on_delete=models.PROTECT, related_name="judgments")
    revision = models.ForeignKey("annotation.JudgmentRevision", on_delete=models.PROTECT, related_name="rows")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["row", "revision"], name="row_judgment_once")
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} for {self.row_id}"


class Tombstone(models.Model):
    """The record that a row's text and salt were destroyed; root, list and manifest stay. Append-only."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    content = models.OneToOneField(RowContent, on_delete=models.PROTECT, related_name="tombstone")
    leaf = models.CharField(max_length=64)
    reason = models.TextField()
    erased_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.leaf[:12]
