"""How many judgments an item asks for: a random share twice, one more on conflict, fewer on consensus, never below votes."""

from collections import Counter

import pytest
from django.db import DatabaseError, transaction

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.overlap import set_overlap
from annotation.actions.profile import choose_value, define_axis
from annotation.actions.submit import submit_judgment
from annotation.choices import Answer, Choice
from annotation.models import Item
from annotation.rules import Adaptive, Rules
from annotation.sides import as_shown
from core.errors import PermissionRefused, Refused
from core.models import Event
from curation.models import CurationState

from .conftest import queue_pairs
from .test_concurrency import slots_are_conserved


def vote(who, campaign, choice):
    """Claim the next item and answer it, in the item's own orientation."""
    mine = claim(who=who, campaign=campaign)
    shown = as_shown(Answer(Choice(choice), 2 if choice in "ab" else 0), swapped=mine.swapped)
    submit_judgment(
        who=who,
        project=campaign.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        key=mine.pk,
        shown=shown,
    )
    return Item.objects.get(pk=mine.item_id)


def opened(team, overlap=1, **rules):
    return create_campaign(
        who=team.lead, project=team.project, name="Overlap", overlap=overlap, rules=Rules(**rules)
    )


def test_a_fifth_of_the_pairs_is_judged_twice_by_chance(team):
    campaign = opened(team, adaptive=Adaptive())
    asked = Counter(item.slots_asked for item in queue_pairs(campaign, 400))
    assert set(asked) == {1, 2}
    assert 50 <= asked[2] <= 115


def test_a_conflict_asks_for_one_more_up_to_the_most(team, people):
    campaign = opened(team, adaptive=Adaptive(share=1.0, most=3))
    queue_pairs(campaign, 1)
    one, two, three, four = people(4)
    vote(one, campaign, "a")
    item = vote(two, campaign, "b")
    assert (item.state, item.slots_asked, item.slots_left) == ("open", 3, 1)
    assert slots_are_conserved(campaign)
    item = vote(three, campaign, "tie")
    assert (item.state, item.slots_asked) == ("decided", 3)
    assert claim(who=four, campaign=campaign) is None
    assert Event.objects.filter(name="item.overlap", from_state="2", to_state="3").exists()


def test_two_who_agree_are_enough(team, people):
    campaign = opened(team, adaptive=Adaptive(share=1.0, most=3))
    queue_pairs(campaign, 1)
    one, two = people(2)
    vote(one, campaign, "a")
    assert vote(two, campaign, "a").state == "decided"


def test_free_slots_go_when_they_could_change_nothing(team, people):
    campaign = opened(team, overlap=3, stop_early=True)
    queue_pairs(campaign, 1)
    one, two = people(2)
    assert vote(one, campaign, "a").slots_asked == 3
    item = vote(two, campaign, "a")
    assert (item.state, item.slots_asked, item.slots_left) == ("decided", 2, 0)
    assert slots_are_conserved(campaign)


def test_a_lease_that_is_out_is_waited_for(team, people):
    campaign = opened(team, overlap=3, stop_early=True)
    queue_pairs(campaign, 1)
    one, two, three = people(3)
    claim(who=three, campaign=campaign)
    vote(one, campaign, "a")
    item = vote(two, campaign, "a")
    assert (item.state, item.slots_asked, item.slots_left) == ("open", 3, 0)
    assert vote(three, campaign, "b").state == "decided"


def test_an_item_that_still_needs_a_group_does_not_stop_early(team, people):
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    campaign = opened(team, overlap=3, stop_early=True, distinct={"locale": 2})
    queue_pairs(campaign, 1)
    one, two = people(2)
    for who in (one, two):
        choose_value(who=who, project=team.project, axis=axis, value="de")
    vote(one, campaign, "a")
    item = vote(two, campaign, "a")
    assert (item.state, item.slots_left) == ("open", 1)
    assert item.barred == ["locale=", "locale=de", "locale=prefer not to say"]


def test_a_stratum_may_have_an_overlap_of_its_own(team, campaign):
    (known,) = queue_pairs(campaign, 1)
    stratum = CurationState.objects.get(version_id=known.version_id).domain
    own = create_campaign(
        who=team.lead, project=team.project, name="Own", overlap=1, rules=Rules(overlap={stratum: 4})
    )
    (item,) = queue_pairs(own, 1)
    assert item.slots_asked == 4


def test_fifty_strata_may_have_an_overlap_of_their_own_and_no_more(team):
    own = {f"stratum {n}": 2 for n in range(50)}
    create_campaign(who=team.lead, project=team.project, name="Fifty", rules=Rules(overlap=own))
    with pytest.raises(Refused, match="names 51 strata; it names at most 50"):
        create_campaign(
            who=team.lead, project=team.project, name="Many", rules=Rules(overlap=own | {"one more": 2})
        )


def test_an_overlap_lowered_below_the_votes_keeps_them_all(team, campaign, people):
    queue_pairs(campaign, 2)
    one, two = people(2)
    for who in (one, two):
        full = vote(who, campaign, "a")
    half = vote(one, campaign, "b")
    claim(who=two, campaign=campaign)
    assert set_overlap(who=team.lead, campaign=campaign, overlap=1) == 0
    full.refresh_from_db()
    half.refresh_from_db()
    assert (full.slots_asked, full.state) == (2, "decided")
    assert (half.slots_asked, half.slots_left, half.state) == (2, 0, "open")
    assert slots_are_conserved(campaign)


def test_a_lower_overlap_decides_what_is_full_and_a_higher_one_opens_it_again(team, campaign, people):
    queue_pairs(campaign, 1)
    one, two = people(2)
    vote(one, campaign, "a")
    assert set_overlap(who=team.lead, campaign=campaign, overlap=1) == 1
    item = Item.objects.get(campaign=campaign)
    assert (item.slots_asked, item.slots_left, item.state) == (1, 0, "decided")
    set_overlap(who=team.lead, campaign=campaign, overlap=3)
    item.refresh_from_db()
    assert (item.slots_asked, item.slots_left, item.state) == (3, 2, "open")
    assert vote(two, campaign, "a").slots_left == 1
    with pytest.raises(PermissionRefused):
        set_overlap(who=one, campaign=campaign, overlap=1)


def test_the_database_refuses_fewer_than_counted_and_slots_from_nowhere(team, campaign, people):
    queue_pairs(campaign, 1)
    item = vote(people(1)[0], campaign, "a")
    with pytest.raises(DatabaseError, match="fewer judgments than counted"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(slots_asked=0, slots_left=-1)
    with pytest.raises(DatabaseError, match="asked = left"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(slots_asked=3)
