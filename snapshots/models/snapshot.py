"""A selection says what should be in; a snapshot is what was in, sealed under a Merkle root."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SnapshotKind(models.TextChoices):
    """What a snapshot trains."""

    SFT = "sft"
    PREFERENCE = "preference"


class Selection(models.Model):
    """All parameters of a choice of rows, named by the hash of its canonical JSON. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="selections")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=SnapshotKind.choices)
    spec = models.JSONField()
    spec_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=SnapshotKind.values), name="selection_kind_known")
        ]

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """An immutable dataset once sealed: identity is the Merkle root over canonical rows, never the Parquet bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="snapshots")
    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="snapshots")
    job = models.OneToOneField("core.Job", on_delete=models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    kind = models.CharField(max_length=12, choices=SnapshotKind.choices)
    name = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="building")
    quarantine = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    root = models.CharField(max_length=64, null=True)
    row_count = models.PositiveIntegerField(default=0)
    manifest = models.JSONField(default=dict)
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")
    error = models.TextField(blank=True, default="")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="snapshot_number_once"),
            models.UniqueConstraint(fields=["id", "root"], name="snapshot_root_key"),
            models.CheckConstraint(
                condition=Q(state__in=["building", "sealed", "failed"]), name="snapshot_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="sealed")
                | Q(root__isnull=False, sealed_at__isnull=False, row_count__gte=1),
                name="snapshot_sealed_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="sealed") | Q(root__isnull=True), name="snapshot_root_when_sealed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.number}"


class Shard(models.Model):
    """One file of one materialisation; its sha256 protects the bytes, the root protects the content."""

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="shards")
    materialisation = models.PositiveIntegerField(default=1)
    split = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "materialisation", "name"], name="shard_once")
        ]

    def __str__(self) -> str:
        return self.name
