"""Rows made from a conversation whose body was destroyed are erased, once."""

from snapshots.destroyed import erase_rows_of
from snapshots.models import RowContent, Snapshot, SnapshotRow, Tombstone
from tests.snapshots.conftest import World


def test_rows_of_a_destroyed_conversation_are_erased_and_the_others_stay(
    world: World, sealed: Snapshot
) -> None:
    rows = list(SnapshotRow.objects.filter(snapshot=sealed).order_by("pk"))
    versions = [rows[0].version_id]
    team = world.team
    assert erase_rows_of(team.lead, team.project, versions, "redaction missed a name") == 1
    assert RowContent.objects.filter(erased_at__isnull=False).count() == 1
    assert Tombstone.objects.get().leaf == rows[0].leaf
    assert RowContent.objects.get(leaf=rows[1].leaf).body is not None
    assert erase_rows_of(team.lead, team.project, versions, "redaction missed a name") == 0
