"""Claiming: what one gets, what one does not get, and what comes back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Now

from annotation.actions.campaigns import create_campaign, set_campaign_state
from annotation.actions.claim import claim
from annotation.actions.give_back import flag, release, reopen, skip, sweep_leases
from annotation.actions.profile import choose_value, define_axis
from annotation.models import Assignment, Item
from core.errors import NotFound, PermissionRefused, Refused

from .conftest import annotators, queue_pairs


def let_expire(assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(leased_until=Now() - timedelta(seconds=1))


def test_the_most_urgent_free_item_comes_first(team, campaign):
    items = queue_pairs(campaign, 3)
    assert claim(who=team.annotator, campaign=campaign).item == items[0]


def test_claiming_again_shows_the_same_item_and_at_most_one_behind_it(team, campaign):
    queue_pairs(campaign, 4)
    first = claim(who=team.annotator, campaign=campaign)
    assert claim(who=team.annotator, campaign=campaign) == first
    second = claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True)
    assert second not in (None, first)
    assert claim(who=team.annotator, campaign=campaign, besides=[first.pk, second.pk]) is None


def test_a_slot_is_taken_and_given_to_nobody_else(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    one, two, three = people(3)
    assert claim(who=one, campaign=campaign)
    assert claim(who=two, campaign=campaign)
    assert claim(who=three, campaign=campaign) is None
    item.refresh_from_db()
    assert item.slots_left == 0


def test_a_skipped_item_goes_to_others_and_not_back(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    one, two = people(2)
    mine = claim(who=one, campaign=campaign)
    skip(who=one, project=team.project, assignment_id=mine.pk, lease_token=mine.lease_token, reason="unsure")
    item.refresh_from_db()
    assert item.slots_left == 2
    assert claim(who=one, campaign=campaign) is None
    assert claim(who=two, campaign=campaign).item == item


def test_what_was_fetched_ahead_and_given_back_may_come_again(team, campaign):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign, prefetch=True)
    known = {"who": team.annotator, "project": team.project, "assignment_id": mine.pk}
    assert release(**known, lease_token=mine.lease_token)
    assert not release(**known, lease_token=mine.lease_token)
    again = claim(who=team.annotator, campaign=campaign)
    assert again.item == mine.item
    assert again.pk != mine.pk


def test_expired_leases_are_swept_and_their_slots_return(team, campaign, people):
    queue_pairs(campaign, 3)
    for who in people(2):
        let_expire(claim(who=who, campaign=campaign))
    kept = claim(who=team.annotator, campaign=campaign)
    assert sweep_leases() == 2
    assert sweep_leases() == 0
    assert Item.objects.filter(slots_left=F("slots_asked")).count() == 2
    kept.refresh_from_db()
    assert kept.state == "leased"


def test_a_flagged_item_stops_at_once(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    flag(
        who=team.annotator,
        project=team.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        reason="personal_data",
    )
    item.refresh_from_db()
    assert item.state == "flagged"
    assert claim(who=people(1)[0], campaign=campaign) is None


def test_a_closed_campaign_gives_out_nothing(team, campaign):
    queue_pairs(campaign, 1)
    closed = set_campaign_state(who=team.lead, campaign=campaign, state="closed")
    with pytest.raises(Refused, match="not open"):
        claim(who=team.annotator, campaign=closed)


def test_another_persons_lease_looks_like_none(team, campaign, people):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    (stranger,) = people(1)
    with pytest.raises(NotFound):
        release(who=stranger, project=team.project, assignment_id=mine.pk, lease_token=mine.lease_token)


def test_an_engineer_does_not_judge_and_a_stranger_finds_no_project(team, other_team, campaign):
    with pytest.raises(PermissionRefused):
        claim(who=team.engineer, campaign=campaign)
    with pytest.raises(NotFound):
        claim(who=other_team.annotator, campaign=campaign)


@pytest.fixture
def capped(team):
    """A campaign whose pairs take one vote of each locale at most."""
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    return axis, create_campaign(
        who=team.lead, project=team.project, name="Capped", overlap=2, caps={"locale": 1}
    )


def test_a_group_never_gets_more_of_an_item_than_its_cap(team, capped):
    axis, campaign = capped
    queue_pairs(campaign, 1)
    german, other_german, english = annotators(team.project, 3)
    for who, value in ((german, "de"), (other_german, "de"), (english, "en")):
        choose_value(who=who, project=team.project, axis=axis, value=value)
    assert claim(who=german, campaign=campaign)
    assert claim(who=other_german, campaign=campaign) is None
    assert claim(who=english, campaign=campaign)


def test_the_database_itself_holds_the_cap(team, capped):
    _, campaign = capped
    queue_pairs(campaign, 1)
    with pytest.raises(DatabaseError, match="more than 1 judgments of one group"), transaction.atomic():
        Item.objects.update(groups=["locale=de", "locale=de"])


def test_a_lease_given_back_returns_its_quota_under_the_value_it_was_taken_with(team, capped):
    axis, campaign = capped
    (item,) = queue_pairs(campaign, 1)

    def held():
        item.refresh_from_db()
        return item.groups

    choose_value(who=team.annotator, project=team.project, axis=axis, value="de")
    claim(who=team.annotator, campaign=campaign)
    assert held() == ["locale=de"]
    choose_value(who=team.annotator, project=team.project, axis=axis, value="en")
    assert held() == []
    mine = claim(who=team.annotator, campaign=campaign)
    assert held() == ["locale=en"]
    let_expire(mine)
    sweep_leases()
    assert held() == []


def test_a_lead_lets_a_reported_item_be_judged_again(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    flag(
        who=team.annotator,
        project=team.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        reason="broken",
    )
    item.refresh_from_db()
    with pytest.raises(PermissionRefused):
        reopen(who=team.annotator, item=item)
    assert reopen(who=team.lead, item=item).state == "open"
    assert claim(who=people(1)[0], campaign=campaign).item == item
    with pytest.raises(Refused, match="not reported"):
        reopen(who=team.lead, item=item)
