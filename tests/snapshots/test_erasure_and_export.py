"""A row's text can go while the root stays; what is exported is what was sealed."""

import json
from typing import Any

import pytest

from core import storage
from core.errors import NotFound, PermissionRefused, Refused
from snapshots.actions import build_snapshot
from snapshots.actions.erase_row import erase_row
from snapshots.actions.export import export_jsonl, export_shard
from snapshots.actions.open_for_training import open_rows
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.actions.verify_snapshot import check
from snapshots.merkle import merkle_root
from snapshots.models import Approval, RowContent, Snapshot, SnapshotRow, Tombstone
from snapshots.shards import read_shard
from tests.snapshots.conftest import World


@pytest.fixture
def leaf(sealed: Snapshot) -> str:
    return SnapshotRow.objects.filter(snapshot=sealed).earliest("position").leaf


def test_text_and_salt_go_and_the_root_still_holds_over_the_leaves(
    world: World, sealed: Snapshot, leaf: str
) -> None:
    split = SnapshotRow.objects.get(snapshot=sealed, leaf=leaf).split
    (old,) = sealed.shards.filter(split=split).values_list("sha256", flat=True)
    erase_row(who=world.team.lead, project=world.team.project, leaf=leaf, reason="asked for by its author")
    content = RowContent.objects.get(leaf=leaf)
    assert (content.salt, content.body) == (None, None)
    leaves = SnapshotRow.objects.filter(snapshot=sealed).order_by("position").values_list("leaf", flat=True)
    assert merkle_root([bytes.fromhex(one) for one in leaves]).hex() == sealed.root
    verdict = check(sealed)
    assert [finding.check for finding in verdict.broken] == ["nothing erased"]
    newest = sealed.shards.filter(materialisation=2)
    rows = [row for shard in newest for row in read_shard(storage.get(shard.sha256))]
    assert [row.leaf for row in rows if row.row is None] == [leaf]
    assert not newest.filter(sha256=old).exists()


@pytest.mark.django_db(transaction=True)
def test_the_old_files_are_deleted_once_the_erasure_is_committed(
    world: World, sealed: Snapshot, leaf: str
) -> None:
    split = SnapshotRow.objects.get(snapshot=sealed, leaf=leaf).split
    (old,) = sealed.shards.filter(split=split).values_list("sha256", flat=True)
    erase_row(who=world.team.lead, project=world.team.project, leaf=leaf, reason="asked for")
    with pytest.raises(NotFound, match="gone"):
        storage.get(old)


def test_an_erasure_ends_approvals_and_closes_training(world: World, sealed: Snapshot, leaf: str) -> None:
    review = request_review(who=world.team.engineer, snapshot=sealed)
    approval = approve_snapshot(who=world.team.lead, review=review, reason="fine")
    erase_row(who=world.team.lead, project=world.team.project, leaf=leaf, reason="asked for")
    assert not Approval.objects.standing().exists()
    with pytest.raises(Refused, match="withdrawn"):
        list(open_rows(approval))
    again = request_review(who=world.team.engineer, snapshot=sealed)
    with pytest.raises(Refused, match="erased"):
        approve_snapshot(who=world.team.lead, review=again, reason="still fine?")


def test_an_erased_row_never_comes_back_in_a_later_snapshot(
    world: World, sealed: Snapshot, leaf: str
) -> None:
    erase_row(who=world.team.lead, project=world.team.project, leaf=leaf, reason="asked for")
    later = world.snapshot()
    assert later.row_count == sealed.row_count - 1
    assert later.manifest["counts"]["excluded"]["erased"] == 1


def test_an_erased_text_does_not_come_back_judged_otherwise(
    world: World, sealed: Snapshot, leaf: str
) -> None:
    row = SnapshotRow.objects.get(snapshot=sealed, leaf=leaf)
    erase_row(who=world.team.lead, project=world.team.project, leaf=leaf, reason="asked for")
    world.thumb(row.version, 1)
    world.repair(row.version, "fixed", "said in other words")
    later = world.snapshot()
    assert not SnapshotRow.objects.filter(snapshot=later, trace=row.trace).exists()
    assert later.manifest["counts"]["excluded"]["erased"] == 1


def test_a_row_erased_while_a_snapshot_is_built_is_neither_sealed_nor_stored(
    world: World, sealed: Snapshot, leaf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = build_snapshot.plan_shards

    def erased_meanwhile(*given: Any) -> Any:
        shards = real(*given)
        erase_row(who=world.team.lead, project=world.team.project, leaf=leaf, reason="asked for")
        return shards

    monkeypatch.setattr(build_snapshot, "plan_shards", erased_meanwhile)
    later = world.snapshot(seed=5)
    assert (later.state, later.root) == ("failed", None)
    assert "erased while" in later.error
    assert not later.shards.exists()


def test_an_exported_line_says_whether_it_rests_on_simulated_judgments(world: World) -> None:
    world.repair(world.answer("real"), "accepted")
    world.repair(world.answer("not so"), "accepted", simulated=1)
    lines = export_jsonl(who=world.team.engineer, snapshot=world.snapshot(include_simulated=True))
    assert sorted(json.loads(line)["simulated"] for line in lines) == [False, True]


def test_only_leads_and_administrators_erase_once_and_with_a_reason(world: World, leaf: str) -> None:
    project = world.team.project
    with pytest.raises(PermissionRefused):
        erase_row(who=world.team.engineer, project=project, leaf=leaf, reason="x")
    with pytest.raises(Refused, match="reason"):
        erase_row(who=world.team.lead, project=project, leaf=leaf, reason="")
    erase_row(who=world.team.lead, project=project, leaf=leaf, reason="x")
    with pytest.raises(Refused, match="already"):
        erase_row(who=world.team.lead, project=project, leaf=leaf, reason="x")
    with pytest.raises(NotFound):
        erase_row(who=world.team.lead, project=project, leaf="0" * 64, reason="x")
    assert Tombstone.objects.get().erased_by == world.team.lead


def test_json_lines_have_the_columns_trl_reads_and_lineage_on_request(world: World, sealed: Snapshot) -> None:
    lines = [json.loads(line) for line in export_jsonl(who=world.team.engineer, snapshot=sealed)]
    assert len(lines) == 4
    assert all(set(line) == {"messages", "simulated"} for line in lines)
    with_lineage = next(iter(export_jsonl(who=world.team.engineer, snapshot=sealed, lineage=True)))
    assert set(json.loads(with_lineage)) == {"messages", "simulated", "lineage", "leaf", "reason", "act"}
    with pytest.raises(Refused, match="splits"):
        export_jsonl(who=world.team.engineer, snapshot=sealed, split="test\x00")
    with pytest.raises(PermissionRefused):
        export_jsonl(who=world.team.admin, snapshot=sealed)


def test_a_sealed_file_leaves_byte_for_byte(world: World, sealed: Snapshot) -> None:
    shard = sealed.shards.earliest("pk")
    data = export_shard(who=world.team.engineer, snapshot=sealed, name=shard.name)
    assert len(data) == shard.bytes
    with pytest.raises(NotFound):
        export_shard(who=world.team.engineer, snapshot=sealed, name="../secrets")
