"""Items that were closed or reported, gold among them, and people who were: what still arrives decides nothing."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from annotation.actions.claim import claim
from annotation.actions.give_back import flag, reopen, sweep_leases
from annotation.actions.gold import Right, mark_gold, set_gold_state
from annotation.actions.people import deactivate_annotator
from annotation.actions.profile import profile_of
from annotation.actions.revise import revise_judgment
from annotation.choices import Shown
from annotation.models import Assignment, Decision, Item, Judgment

from .conftest import queue_pairs
from .test_gold_unseen import give
from .test_submit import submit

RIGHT = Right("a", "The second answer invents a source.")


@pytest.fixture
def item(campaign) -> Item:
    return queue_pairs(campaign, 1)[0]


def report(who, lease) -> None:
    flag(
        who=who,
        project=lease.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        reason="personal_data",
    )


def test_votes_and_changes_that_arrive_after_an_item_became_gold_decide_nothing(team, campaign, item, people):
    early, late = people(2)
    first, second = (claim(who=who, campaign=campaign) for who in (early, late))
    done = submit(early, first)
    mark_gold(who=team.lead, item=item, right=RIGHT)
    assert submit(late, second).how == "uncounted"
    revise_judgment(who=early, project=team.project, judgment_id=done.judgment.pk, shown=Shown.TIE)
    item.refresh_from_db()
    assert (item.state, item.slots_left) == ("closed", 1)
    assert not Decision.objects.exists()


def test_a_closed_item_that_is_reported_and_looked_at_is_closed_as_before(team, campaign, item):
    own = claim(who=team.annotator, campaign=campaign)
    mark_gold(who=team.lead, item=item, right=RIGHT)
    report(team.annotator, own)
    item.refresh_from_db()
    assert item.state == "flagged", "what holds personal data is kept out of everything"
    assert reopen(who=team.lead, item=item).state == "closed"
    assert claim(who=team.second_lead, campaign=campaign) is None


def test_a_reported_gold_item_that_was_looked_at_is_asked_again_and_can_be_closed(team, item):
    gold = mark_gold(who=team.lead, item=item, right=RIGHT)
    give(team.annotator, gold)
    report(team.annotator, gold.assignments.get())
    assert reopen(who=team.lead, item=gold).state == "open"
    assert set_gold_state(who=team.lead, item=gold, state="closed").state == "closed"


def test_what_was_changed_while_an_item_stood_reported_holds_once_it_was_looked_at(
    team, campaign, item, people
):
    one, two = people(2)
    done = submit(one, claim(who=one, campaign=campaign))
    report(two, claim(who=two, campaign=campaign))
    revise_judgment(who=one, project=team.project, judgment_id=done.judgment.pk, shown=Shown.TIE)
    assert Decision.objects.get().outcome != "tie"
    item.refresh_from_db()
    assert reopen(who=team.lead, item=item).state == "open"
    assert Decision.objects.get().outcome == "tie"


@pytest.mark.parametrize("role", ["work", "gold"])
@pytest.mark.parametrize("reported", [False, True])
def test_an_answer_from_the_first_tab_ends_the_lease_of_the_second(team, campaign, item, role, reported):
    asked = item if role == "work" else mark_gold(who=team.lead, item=item, right=RIGHT)
    give(team.annotator, asked)
    first = asked.assignments.get()
    Assignment.objects.filter(pk=first.pk).update(leased_until=Now() - timedelta(seconds=1))
    assert sweep_leases() == 1
    give(team.annotator, asked)
    if reported:
        give(team.lead, asked)
        report(team.lead, asked.assignments.get(profile__user=team.lead))
    assert submit(team.annotator, first).judgment.assignment == first
    assert sorted(asked.assignments.exclude(profile__user=team.lead).values_list("state", flat=True)) == [
        "released",
        "submitted",
    ]


def test_a_page_left_open_by_somebody_who_is_given_no_more_work_counts_nothing(team, campaign, item):
    own = claim(who=team.annotator, campaign=campaign)
    deactivate_annotator(who=team.lead, profile=profile_of(who=team.annotator, project=team.project))
    assert submit(team.annotator, own).how == "uncounted"
    item.refresh_from_db()
    assert (item.slots_left, Judgment.objects.get().slot) == (2, None)
    assert not Decision.objects.exists()
