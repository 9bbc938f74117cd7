"""Two pulls may run at once: what one read earlier and stores later never stands over a newer answer."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from annotation.actions.profile import profile_of
from annotation.bridge.take_in import DISCARDED, SUBMITTED, Incoming, take_in
from annotation.models import ArgillaAnswer, ArgillaRecord, JudgmentRevision

from ..conftest import queue_pairs

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def record(campaign):
    (item,) = queue_pairs(campaign, 1)
    return ArgillaRecord.objects.create(campaign=campaign, item=item, swapped=False, record_id=uuid4())


def state(preference, minutes, *, response=None, status=SUBMITTED):
    values = {"preference": {"value": preference}}
    return Incoming(response or uuid4(), uuid4(), status, values, NOON + timedelta(minutes=minutes))


def choices():
    return list(JudgmentRevision.objects.order_by("number").values_list("choice", flat=True))


@pytest.mark.parametrize("same", [True, False], ids=["one response", "removed and given anew"])
def test_an_older_state_that_comes_after_a_newer_one_changes_nothing(team, record, same):
    profile = profile_of(who=team.annotator, project=team.project)
    response = uuid4() if same else None
    older, newer = state("left", 0, response=response), state("right", 5, response=response)
    assert take_in(record=record, profile=profile, incoming=newer).outcome == "counted"
    assert take_in(record=record, profile=profile, incoming=older).outcome == "known"
    assert (choices(), ArgillaAnswer.objects.count()) == (["b"], 1)


def test_in_the_order_in_which_they_were_given_both_are_kept(team, record):
    profile = profile_of(who=team.annotator, project=team.project)
    response = uuid4()
    take_in(record=record, profile=profile, incoming=state("left", 0, response=response))
    assert (
        take_in(record=record, profile=profile, incoming=state("right", 5, response=response)).outcome
        == "revised"
    )
    assert choices() == ["a", "b"]


def test_an_older_discard_does_not_pass_on_what_was_answered_since(team, record):
    profile = profile_of(who=team.annotator, project=team.project)
    take_in(record=record, profile=profile, incoming=state("left", 5))
    assert (
        take_in(record=record, profile=profile, incoming=state("left", 0, status=DISCARDED)).outcome
        == "known"
    )
