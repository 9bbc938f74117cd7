"""Selections, sealed snapshots, and the signatures on them."""

from snapshots.models.gate import PeopleGate
from snapshots.models.review import Approval, Review, Withdrawal
from snapshots.models.rows import RowContent, RowJudgment, RowSource, SnapshotRow, Tombstone
from snapshots.models.snapshot import Selection, Shard, Snapshot

__all__ = [
    "Approval",
    "PeopleGate",
    "Review",
    "RowContent",
    "RowJudgment",
    "RowSource",
    "Selection",
    "Shard",
    "Snapshot",
    "SnapshotRow",
    "Tombstone",
    "Withdrawal",
]
