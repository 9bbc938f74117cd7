"""A project may ask who stands behind a snapshot; too few block the signature, with the reason."""

import random
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from annotation.models import Axis, AxisRelease, Campaign
from annotation.queries import People
from core.errors import PermissionRefused, Refused
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.actions.set_gate import set_people_gate
from snapshots.actions.verify_snapshot import check
from snapshots.gate import _compared, check_people
from snapshots.models import PeopleGate, Snapshot
from tests.snapshots.conftest import World


def test_nothing_is_asked_for_by_default_and_the_review_says_so(world: World, sealed: Snapshot) -> None:
    review = request_review(who=world.team.engineer, snapshot=sealed)
    assert review.checks[-1] == {"check": "people", "holds": True, "seen": "not asked for"}
    approve_snapshot(who=world.team.lead, review=review, reason="fine")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"least_effective": 2}, "1.0 annotators effectively, 2.0 asked for"),
        ({"largest_share": 0.2}, "one annotator gave 100 % of the judgments, at most 20 % asked for"),
        ({"least_groups": 2}, "no axis: published reports show 0 groups, 2 asked for"),
    ],
)
def test_too_few_people_block_the_signature_with_the_reason(
    world: World, sealed: Snapshot, asked: dict[str, float], why: str
) -> None:
    review = request_review(who=world.team.engineer, snapshot=sealed)
    set_people_gate(who=world.team.lead, project=world.team.project, **asked)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=why.replace("(", "\\(")):
        approve_snapshot(who=world.team.lead, review=review, reason="fine")
    assert check(sealed).holds, "what was signed before goes on being trained on"


def test_what_is_asked_for_and_there_is_said(world: World, sealed: Snapshot) -> None:
    set_people_gate(
        who=world.team.lead, project=world.team.project, least_effective=1, largest_share=1.0, no_side=True
    )
    found = check_people(sealed)
    assert found.holds
    assert "1.0 annotators effectively" in found.seen
    assert "no sides were shown" in found.seen


def test_one_who_always_takes_the_left_is_not_lost_among_thousands_of_votes() -> None:
    rng = random.Random(3)
    fair = {uuid4(): [(uuid4(), rng.random() < 0.5) for _ in range(100)] for _ in range(50)}
    gate = PeopleGate(no_side=True)
    assert [holds for holds, _ in _compared(gate, People({}, fair, {}))] == [True]
    told = _compared(gate, People({}, fair | {uuid4(): [(uuid4(), True) for _ in range(60)]}, {}))
    assert [holds for holds, _ in told] == [True, False]
    assert "somebody takes a side" in told[1][1]


def test_groups_are_those_published_so_no_choice_of_rows_filters_people(
    world: World, sealed: Snapshot
) -> None:
    axis = Axis.objects.create(project=world.team.project, name="locale", values=["de", "en"])
    set_people_gate(who=world.team.lead, project=world.team.project, least_groups=2)
    assert not check_people(sealed).holds
    campaign = Campaign.objects.get(kind="repair")
    levels = [{"group": one, "shown": True, "covered": False} for one in ("de", "en")]
    AxisRelease.objects.create(
        project=world.team.project, campaign=campaign, axis=axis, number=1, as_said=[], as_rest=[],
        report={"strata": {"python": levels}},
    )  # fmt: skip
    assert check_people(sealed).holds


def test_only_who_signs_says_what_is_asked_for_and_within_reason(world: World) -> None:
    project = world.team.project
    with pytest.raises(PermissionRefused):
        set_people_gate(who=world.team.engineer, project=project, least_effective=2)
    for asked in (
        {"least_effective": 0.5},
        {"largest_share": 0},
        {"largest_share": 1.5},
        {"least_groups": 1},
    ):
        with pytest.raises(Refused):
            set_people_gate(who=world.team.lead, project=project, **asked)  # type: ignore[arg-type]
    gate = set_people_gate(who=world.team.lead, project=project, least_effective=2)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE snapshots_peoplegate SET least_effective = NULL WHERE id = %s", [gate.pk])


def test_a_lead_sets_it_on_a_page_that_engineers_read(world: World) -> None:
    page = f"/p/{world.team.project.slug}/snapshots/people/"
    lead, engineer = world.team.client(world.team.lead), world.team.client(world.team.engineer)
    assert "not asked for" in engineer.get(page).content.decode()
    assert engineer.post(page, {"least_effective": "3"}).status_code == 403
    assert lead.post(page, {"largest_share": "400"}).status_code == 422
    assert lead.post(page, {"least_effective": "3", "largest_share": "20"}).status_code == 302
    assert PeopleGate.objects.get().largest_share == pytest.approx(0.2)
    assert "3.0" in lead.get(page).content.decode()
