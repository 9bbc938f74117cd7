"""Who decided over the votes on an item has read them all: they are not asked for one of their own, and none counts."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from annotation import next_item
from annotation.actions.adjudicate import Ruling, adjudicate
from annotation.actions.claim import claim
from annotation.actions.overlap import set_overlap
from annotation.actions.profile import give_back_leases, profile_of
from annotation.actions.submit import submit_judgment
from annotation.bridge.eligible import require_eligible
from annotation.choices import Shown
from annotation.models import Adjudication, Item, Judgment
from core.errors import Refused

from .conftest import queue_pairs
from .test_adjudication import vote


@pytest.fixture
def conflict(campaign, people) -> Item:
    """One pair, two people, two answers."""
    queue_pairs(campaign, 1)
    for who, choice in zip(people(2), "ab", strict=True):
        vote(who, campaign, choice)
    return Item.objects.select_related("campaign").get(campaign=campaign)


def rule(who, item):
    return adjudicate(who=who, item=item, ruling=Ruling("tie"), reason="Both cite the same passage.")


def test_more_judgments_are_asked_of_others(team, campaign, conflict, people):
    rule(team.lead, conflict)
    set_overlap(who=team.lead, campaign=campaign, overlap=4)
    assert claim(who=team.lead, campaign=campaign) is None
    assert next_item.waiting_for(who=team.lead, project=team.project, kind="pair") == 0
    (other,) = people(1)
    assert claim(who=other, campaign=campaign).item == conflict


def test_an_answer_under_way_since_before_the_decision_is_kept_uncounted(team, campaign, conflict):
    set_overlap(who=team.lead, campaign=campaign, overlap=4)
    lease = claim(who=team.second_lead, campaign=campaign)
    give_back_leases(lease.profile)
    rule(team.second_lead, conflict)
    Item.objects.filter(pk=conflict.pk).update(state="open")
    sent = submit_judgment(
        who=team.second_lead, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=uuid4(), shown=Shown.LEFT,
    )  # fmt: skip
    assert (sent.how, sent.judgment.slot) == ("uncounted", None)
    conflict.refresh_from_db()
    assert (conflict.slots_left, conflict.decision.counted) == (2, 2)


def test_the_database_counts_no_vote_of_theirs_whoever_writes(team, campaign, conflict):
    rule(team.lead, conflict)
    set_overlap(who=team.lead, campaign=campaign, overlap=4)
    theirs = {
        "project": team.project,
        "item": conflict,
        "profile": profile_of(who=team.lead, project=team.project),
    }
    with pytest.raises(DatabaseError, match="adds none to them"), transaction.atomic():
        Judgment.objects.create(slot=3, **theirs)
    assert Judgment.objects.create(slot=None, **theirs).pk


def test_an_answer_of_theirs_from_argilla_is_refused_with_the_reason(team, campaign, conflict):
    rule(team.lead, conflict)
    with pytest.raises(Refused, match="has decided over the votes on it"):
        require_eligible(conflict, profile_of(who=team.lead, project=team.project))


def test_they_may_decide_again(team, conflict):
    rule(team.lead, conflict)
    rule(team.lead, conflict)
    assert Adjudication.objects.filter(item=conflict).count() == 2
