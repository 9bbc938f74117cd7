"""One person with two tabs: what one shows stays, what one waits for comes, in one campaign and in two."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.give_back import release
from annotation.models import Assignment, Item
from annotation.next_item import next_pair

from .conftest import queue_pairs
from .test_submit import submit


@pytest.fixture
def other(team):
    """A younger campaign beside the first."""
    return create_campaign(who=team.lead, project=team.project, name="Beside it", overlap=2)


def test_an_answer_another_tab_has_sent_leaves_the_pairs_on_its_screen_as_they_are(team, campaign):
    queue_pairs(campaign, 4)
    first = claim(who=team.annotator, campaign=campaign)
    second = claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True)
    submit(team.annotator, first)
    on_screen = claim(who=team.annotator, campaign=campaign, besides=[second.pk], prefetch=True)
    submit(team.annotator, second)
    ahead = claim(who=team.annotator, campaign=campaign, besides=[on_screen.pk], prefetch=True)
    found = claim(who=team.annotator, campaign=campaign, besides=[first.pk, second.pk], prefetch=True)
    assert found == on_screen
    now = {one.pk: one for one in Assignment.objects.filter(state="leased")}
    assert (now[on_screen.pk].prefetch, now[ahead.pk].prefetch) == (False, True)
    assert now[on_screen.pk].leased_until - now[ahead.pk].leased_until > timedelta(minutes=1)


def test_a_pair_fetched_ahead_in_one_campaign_does_not_stop_another(team, campaign, other):
    queue_pairs(campaign, 2)
    queue_pairs(other, 2)
    first = claim(who=team.annotator, campaign=campaign)
    claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True)
    mine = claim(who=team.annotator, campaign=other)
    behind = claim(who=team.annotator, campaign=other, besides=[mine.pk], prefetch=True)
    assert behind is not None
    assert Assignment.objects.get(pk=behind.pk).prefetch is False


def test_a_pair_fetched_ahead_and_then_stopped_does_not_stop_the_others(team, campaign):
    queue_pairs(campaign, 4)
    first = claim(who=team.annotator, campaign=campaign)
    ahead = claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True)
    Item.objects.filter(pk=ahead.item_id).update(state="flagged")
    assert claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True) not in (
        None,
        ahead,
    )


def test_an_item_given_back_in_the_older_campaign_comes_to_a_page_of_both(team, campaign, other):
    queue_pairs(other, 3)
    first = next_pair(who=team.annotator, project=team.project)
    second = next_pair(who=team.annotator, project=team.project, besides=[first.pk], prefetch=True)
    assert {first.item.campaign_id, second.item.campaign_id} == {other.pk}
    (older,) = queue_pairs(campaign, 1)
    submit(team.annotator, first)
    third = next_pair(who=team.annotator, project=team.project, besides=[first.pk, second.pk], prefetch=True)
    assert third.item == older
    ahead = dict(Assignment.objects.filter(state="leased").values_list("pk", "prefetch"))
    assert ahead == {second.pk: False, third.pk: True}


def test_closing_one_tab_takes_nothing_from_the_screen_of_the_other(team, campaign):
    queue_pairs(campaign, 3)
    first = claim(who=team.annotator, campaign=campaign)
    second = claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True)
    submit(team.annotator, first)
    third = claim(who=team.annotator, campaign=campaign, besides=[second.pk], prefetch=True)
    released = {}
    for one in (second, third):
        released[one.pk] = release(
            who=team.annotator,
            project=team.project,
            assignment_id=one.pk,
            lease_token=one.lease_token,
            unseen=True,
        )
    assert released == {second.pk: False, third.pk: True}


def test_a_lease_on_the_screen_is_never_made_one_fetched_ahead(team, campaign):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    Assignment.objects.filter(pk=mine.pk).update(leased_until=Now() + timedelta(seconds=5))
    with transaction.atomic():
        assert claim(who=team.annotator, campaign=campaign, prefetch=True) == mine
    mine.refresh_from_db()
    assert mine.prefetch is False
