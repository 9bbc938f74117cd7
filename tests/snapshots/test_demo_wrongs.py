"""The demo's wrongs are refused by the rule each of them breaks, and not by a statement that was mistyped."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.errors import Refused
from curation.actions.screening import current_quarantine
from curation.models import ConversationVersion, Screening
from demo.story import Telling
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.models import Snapshot
from tests.snapshots.conftest import World
from trainers.actions.launch_run import launch_run

wrongs = import_module("demo.stages.wrongs")


@pytest.fixture
def telling(world: World) -> Telling:
    """As much of a demo as the wrongs need."""
    team = world.team
    told = SimpleNamespace(cast=SimpleNamespace(project=team.project, engineer=team.engineer))
    return cast(Telling, told)


def test_the_requester_can_write_no_approval_of_their_own(world: World, sealed: Snapshot) -> None:
    review = request_review(who=world.team.engineer, snapshot=sealed)
    assert "refused by PostgreSQL" in wrongs._by_database(wrongs.APPROVE_OWN, [review.pk])


def test_a_twin_called_clean_is_refused_for_its_screening(
    world: World, sealed: Snapshot, telling: Telling
) -> None:
    twin: Any = ConversationVersion.objects.exclude(rows__isnull=False).first() or world.answer("a twin")
    Screening.objects.create(
        project=world.team.project,
        content_hash=twin.content_hash,
        quarantine=current_quarantine(world.team.project),
        verdict="hit",
        version=twin,
    )
    assert "row_names_its_screening" in wrongs._twin(telling, sealed)


def test_an_unapproved_snapshot_can_be_named_by_no_run(world: World, sealed: Snapshot) -> None:
    review = request_review(who=world.team.engineer, snapshot=sealed)
    approval = approve_snapshot(who=world.team.lead, review=review, reason="fine")
    pytest.importorskip("torch", reason="the training extra is not installed")
    launch_run(
        who=world.team.engineer, project=world.team.project, approval_id=approval.pk, recipe="base-tiny"
    )
    assert "approval of its own project" in wrongs._by_database(wrongs.TRAIN_UNAPPROVED, [sealed.pk])


@pytest.mark.django_db
def test_a_wrong_that_fails_for_another_reason_counts_as_not_tried() -> None:
    with pytest.raises(Refused, match="could not be tried"):
        wrongs._by_database("SELECT no_such_column", [])
