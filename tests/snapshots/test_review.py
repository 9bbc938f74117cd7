"""Four eyes on one root, and what a signature opens."""

import pytest

from accounts.models import Membership, Role
from core import storage
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry
from curation.models import Asset, AssetVersion, QuarantineItem, Trace
from snapshots.actions.open_for_training import open_rows
from snapshots.actions.review import (
    approve_snapshot,
    cancel_review,
    refuse_snapshot,
    request_review,
    signature_holds,
)
from snapshots.actions.withdraw import withdraw_approval
from snapshots.build.materialise import read_files
from snapshots.models import Approval, Review, Snapshot, SnapshotRow
from snapshots.verification import read_verified
from tests.snapshots.conftest import World


@pytest.fixture
def review(world: World, sealed: Snapshot) -> Review:
    return request_review(who=world.team.engineer, snapshot=sealed, note="for the first run")


@pytest.fixture
def approval(world: World, review: Review) -> Approval:
    return approve_snapshot(who=world.team.lead, review=review, reason="looked at every row")


def test_the_request_keeps_the_checks_of_its_moment(review: Review) -> None:
    assert {check["check"] for check in review.checks} >= {"root", "shards", "leaves", "quarantine"}
    assert all(check["holds"] for check in review.checks)


def test_a_data_lead_who_did_not_ask_signs_exactly_this_root(sealed: Snapshot, approval: Approval) -> None:
    assert approval.root == sealed.root
    assert signature_holds(approval)
    approval.reason = "something else"
    assert not signature_holds(approval)
    assert AuditEntry.objects.filter(verb="snapshot.approve").count() == 1


def test_the_requester_cannot_approve_even_as_a_data_lead(world: World, sealed: Snapshot) -> None:
    Membership.objects.create(project=world.team.project, user=world.team.engineer, role=Role.DATA_LEAD)
    review = request_review(who=world.team.engineer, snapshot=sealed)
    with pytest.raises(PermissionRefused, match="somebody else"):
        approve_snapshot(who=world.team.engineer, review=review, reason="mine is fine")
    with pytest.raises(PermissionRefused):
        refuse_snapshot(who=world.team.engineer, review=review, reason="mine is not")


def test_nobody_but_a_data_lead_approves(world: World, review: Review) -> None:
    for person in (world.team.annotator, world.team.admin):
        with pytest.raises(PermissionRefused):
            approve_snapshot(who=person, review=review, reason="x")


def test_a_decision_needs_a_reason_and_is_made_once(world: World, review: Review) -> None:
    with pytest.raises(Refused, match="reason"):
        approve_snapshot(who=world.team.lead, review=review, reason="  ")
    refuse_snapshot(who=world.team.lead, review=review, reason="too few rows")
    with pytest.raises(Refused, match="meantime"):
        approve_snapshot(who=world.team.second_lead, review=review, reason="fine")
    assert not Approval.objects.exists()


def test_one_review_at_a_time_and_only_its_requester_takes_it_back(world: World, review: Review) -> None:
    with pytest.raises(Refused, match="open already"):
        request_review(who=world.team.lead, snapshot=review.snapshot)
    with pytest.raises(PermissionRefused):
        cancel_review(who=world.team.lead, review=review)
    cancel_review(who=world.team.engineer, review=review)
    assert request_review(who=world.team.lead, snapshot=review.snapshot).state == "open"


def test_an_approved_snapshot_opens_for_training_with_verified_files(
    approval: Approval,
) -> None:
    opened = {row.leaf for row in open_rows(approval)}
    assert opened == set(approval.snapshot.rows.values_list("leaf", flat=True))
    assert len(list(read_verified(read_files(approval.snapshot), approval.root))) == 4


def test_a_withdrawn_approval_opens_nothing(world: World, approval: Approval) -> None:
    withdraw_approval(who=world.team.second_lead, approval=approval, reason="a licence was wrong")
    with pytest.raises(Refused, match="withdrawn"):
        list(open_rows(approval))
    with pytest.raises(Refused, match="already"):
        withdraw_approval(who=world.team.lead, approval=approval, reason="again")


def test_damaged_files_open_nothing(approval: Approval) -> None:
    shard = approval.snapshot.shards.earliest("pk")
    storage.delete(shard.sha256)
    with pytest.raises(Refused, match="shards"):
        list(open_rows(approval))


def test_permission_taken_back_after_approval_closes_training(approval: Approval) -> None:
    trace = SnapshotRow.objects.filter(snapshot=approval.snapshot).earliest("position").trace
    Trace.objects.filter(pk=trace.pk).update(training_use="denied")
    with pytest.raises(Refused, match="permission to train"):
        list(open_rows(approval))


def test_a_row_that_a_newer_quarantine_names_closes_approval_and_training(
    world: World, review: Review
) -> None:
    project = world.team.project
    text = " ".join(f"word{number}" for number in range(60))
    world.repair(world.answer(text), "accepted")
    later = world.snapshot()
    approval = approve_snapshot(
        who=world.team.lead, review=request_review(who=world.team.engineer, snapshot=later), reason="ok"
    )
    asset = Asset.objects.select_related("current").get(project=project, kind="quarantine")
    assert asset.current is not None
    newer = AssetVersion.objects.create(
        project=project, asset=asset, number=2, sha256="1" * 64, body=asset.current.body
    )
    QuarantineItem.objects.create(
        project=project, version=newer, set_name="held-out", external_id="1", text=f"Which one is {text}?"
    )
    Asset.objects.filter(pk=asset.pk).update(current=newer)
    with pytest.raises(Refused, match="quarantine"):
        list(open_rows(approval))
    approve_snapshot(who=world.team.lead, review=review, reason="none of these is in the new version")
