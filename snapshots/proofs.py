"""Proof that one row is in a sealed snapshot: log2(n) hashes, no other row needed."""

from snapshots.merkle import inclusion_proof
from snapshots.models import Snapshot, SnapshotRow


def proof_of(snapshot: Snapshot, row: SnapshotRow) -> list[str]:
    """Hex hashes from the leaf up; empty while the snapshot is not sealed."""
    if snapshot.state != "sealed":
        return []
    leaves = SnapshotRow.objects.filter(snapshot=snapshot).order_by("position").values_list("leaf", flat=True)
    return [node.hex() for node in inclusion_proof([bytes.fromhex(leaf) for leaf in leaves], row.position)]
