"""An item knows whom it was given to: they are passed over at once, and nobody is who may be given it again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from annotation.actions.ask import answer_question, ask_lead
from annotation.actions.claim import claim
from annotation.actions.give_back import release, skip, sweep_leases
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import Assignment

from .conftest import queue_pairs


@pytest.fixture
def held(team, campaign):
    """A lease, the words every act on it begins with, and whom its item says it was given to."""
    (item,) = queue_pairs(campaign, 1)
    lease = claim(who=team.annotator, campaign=campaign)
    on_it = {
        "who": team.annotator,
        "project": team.project,
        "assignment_id": lease.pk,
        "lease_token": lease.lease_token,
    }

    def given_to():
        item.refresh_from_db()
        return item.given_to

    return lease, on_it, given_to


def test_who_holds_it_is_named(held):
    lease, _on_it, given_to = held
    assert given_to() == [lease.profile_id]


def test_who_answered_or_skipped_it_stays_named(held, team, campaign, people):
    lease, on_it, given_to = held
    submit_judgment(**on_it, key=uuid4(), shown=Shown.TIE)
    (other,) = people(1)
    skipped = claim(who=other, campaign=campaign)
    on_it |= {"who": other, "assignment_id": skipped.pk, "lease_token": skipped.lease_token}
    skip(**on_it, reason="unsure")
    assert given_to() == [lease.profile_id, skipped.profile_id]
    assert claim(who=other, campaign=campaign) is None


def test_who_gave_it_back_is_not_named_and_may_have_it_again(held, team, campaign):
    lease, on_it, given_to = held
    release(**on_it)
    assert given_to() == []
    assert claim(who=team.annotator, campaign=campaign).item_id == lease.item_id


def test_whose_lease_ran_out_is_not_named_and_the_others_are(held, team, campaign, people):
    lease, _on_it, given_to = held
    (other,) = people(1)
    theirs = claim(who=other, campaign=campaign)
    Assignment.objects.filter(pk=lease.pk).update(leased_until=Now() - timedelta(seconds=1))
    sweep_leases()
    assert given_to() == [theirs.profile_id]


def test_whose_question_was_answered_is_not_named(held, team):
    _lease, on_it, given_to = held
    question = ask_lead(**on_it, text="Is a joke an answer?", key=uuid4())
    assert given_to() != []
    answer_question(who=team.lead, question=question, text="No.")
    assert given_to() == []


def test_a_name_that_is_missing_gives_nothing_out_twice(held, team, campaign):
    """The leases decide: the names only spare looking at them."""
    lease, on_it, _given_to = held
    submit_judgment(**on_it, key=uuid4(), shown=Shown.TIE)
    lease.item.given_to = []
    lease.item.save(update_fields=["given_to"])
    assert claim(who=team.annotator, campaign=campaign) is None


def test_a_name_goes_with_the_lease_whoever_ends_it(held):
    """By hand in the database too."""
    lease, _on_it, given_to = held
    Assignment.objects.filter(pk=lease.pk).update(state="released")
    assert given_to() == []
