"""What the snapshots API takes and gives."""

from typing import Any

from rest_framework import serializers

from snapshots.models import Approval, Review, Selection, Shard, Snapshot, SnapshotRow, Tombstone, Withdrawal


class SelectionIn(serializers.Serializer[Any]):
    """A new selection; `spec` is checked by the action, field by field."""

    name = serializers.CharField(max_length=120)
    spec = serializers.JSONField()


class SelectionOut(serializers.ModelSerializer[Selection]):
    """A selection with every parameter."""

    class Meta:
        model = Selection
        fields = ("id", "name", "kind", "spec", "spec_sha256", "created_at")


class PreviewOut(serializers.Serializer[Any]):
    """What would enter and leave."""

    candidates = serializers.IntegerField()
    rows = serializers.IntegerField()
    by_reason = serializers.DictField(child=serializers.IntegerField())
    excluded = serializers.DictField(child=serializers.IntegerField())
    strata = serializers.DictField(child=serializers.IntegerField())
    simulated_rows = serializers.IntegerField()


class SnapshotIn(serializers.Serializer[Any]):
    """Which selection to build."""

    selection = serializers.UUIDField()


class SnapshotOut(serializers.ModelSerializer[Snapshot]):
    """A snapshot; `standing` says building, failed, sealed, requested, approved, refused or withdrawn."""

    standing = serializers.CharField(source="shown")
    counts = serializers.SerializerMethodField()

    class Meta:
        model = Snapshot
        fields = (
            "id", "number", "name", "kind", "standing", "selection", "parent", "root", "manifest_sha256",
            "row_count", "counts", "error", "created_at", "sealed_at",
        )  # fmt: skip

    def get_counts(self, snapshot: Snapshot) -> dict[str, Any]:
        """The manifest's counts; empty before the seal."""
        counts: dict[str, Any] = snapshot.manifest.get("counts", {})
        return counts


class ShardOut(serializers.ModelSerializer[Shard]):
    """One file."""

    class Meta:
        model = Shard
        fields = ("name", "split", "sha256", "rows", "bytes")


class FindingOut(serializers.Serializer[Any]):
    """One check with its evidence."""

    check = serializers.CharField()
    holds = serializers.BooleanField()
    seen = serializers.CharField()


class RowOut(serializers.ModelSerializer[SnapshotRow]):
    """A row's head; its text and proof are at its own address."""

    class Meta:
        model = SnapshotRow
        fields = (
            "leaf", "position", "split", "reason", "simulated", "licence", "domain", "difficulty", "kind",
            "language", "trace", "version",
        )  # fmt: skip


class RowFull(serializers.Serializer[Any]):
    """A row with its text (null once erased) and the hashes that prove it is in the root."""

    row = RowOut()
    body = serializers.JSONField(allow_null=True)
    proof = serializers.ListField(child=serializers.CharField())
    root = serializers.CharField()  # type: ignore[assignment]


class NoteIn(serializers.Serializer[Any]):
    """A word to the person who decides."""

    note = serializers.CharField(required=False, allow_blank=True, default="")


class ReasonIn(serializers.Serializer[Any]):
    """A reason in one's own words."""

    reason = serializers.CharField()


class ReviewOut(serializers.ModelSerializer[Review]):
    """A request and its decision."""

    class Meta:
        model = Review
        fields = (
            "id", "snapshot", "state", "note", "checks", "requested_by", "requested_at", "decided_by",
            "decided_at", "reason",
        )  # fmt: skip


class ApprovalOut(serializers.ModelSerializer[Approval]):
    """A signature on one root."""

    class Meta:
        model = Approval
        fields = (
            "id", "snapshot", "review", "root", "requester", "approver", "reason", "signature", "key_id",
            "approved_at",
        )  # fmt: skip


class WithdrawalOut(serializers.ModelSerializer[Withdrawal]):
    """The end of an approval."""

    class Meta:
        model = Withdrawal
        fields = ("approval", "withdrawn_by", "reason", "withdrawn_at")


class TombstoneOut(serializers.ModelSerializer[Tombstone]):
    """The record of an erasure."""

    class Meta:
        model = Tombstone
        fields = ("leaf", "reason", "erased_by", "erased_at")
