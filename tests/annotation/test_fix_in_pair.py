"""E: the better answer of a pair is fixed in place; that is a row to learn from, a preference, and no judgment."""

from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.fix_in_pair import fix_in_pair, side_of
from annotation.actions.give_back import flag, skip
from annotation.actions.gold import Right, mark_gold
from annotation.actions.make_pairs import make_pairs
from annotation.actions.people import deactivate_annotator
from annotation.actions.repair import revise_repair
from annotation.actions.submit import submit_judgment
from annotation.choices import RepairChoice, Shown
from annotation.gold_reading import gold_items, gold_rows
from annotation.models import Decision, Item, Judgment
from annotation.pair_sources import PairSource
from core.errors import NotFound, Refused

from .conftest import queue_pairs
from .decided import decided_preferences, repaired_answers
from .test_gold_unseen import give


@pytest.fixture
def lease(team, campaign):
    queue_pairs(campaign, 1)
    return claim(who=team.annotator, campaign=campaign)


def fix(team, lease, text="A better answer.", side="left", **more):
    return fix_in_pair(
        who=team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        side=side,
        text=text,
        **({"key": uuid4()} | more),
    )


def test_a_fix_is_an_answer_to_learn_from_and_beats_what_stood_on_that_side(team, lease):
    shown = side_of(lease, "right")
    fix(team, lease, side="right")
    (answer,) = repaired_answers(team.project)
    (preference,) = decided_preferences(team.project)
    assert (answer.response.text, answer.response.parent) == ("A better answer.", shown)
    assert (preference.winner, preference.loser) == (answer.response, shown)


def test_the_pair_is_judged_all_the_same(team, campaign, lease):
    fix(team, lease)
    item = Item.objects.get(pk=lease.item_id)
    assert (item.state, item.slots_left) == ("open", 1)
    done = submit_judgment(
        who=team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        key=uuid4(),
        shown=Shown.LEFT,
    )
    assert done.how == "counted"


def test_the_same_fix_delivered_twice_is_one(team, lease):
    key = uuid4()
    first, second = fix(team, lease, key=key), fix(team, lease, key=key)
    assert (first.judgment, second.how) == (second.judgment, "again")
    assert Item.objects.count() == 3


def test_an_unchanged_answer_is_no_fix(team, lease):
    with pytest.raises(Refused, match="unchanged"):
        fix(team, lease, side_of(lease, "left").text + "  ")


def test_what_is_typed_is_redacted(team, lease):
    fix(team, lease, "Write to jane.doe@example.com.")
    (answer,) = repaired_answers(team.project)
    assert "jane.doe@example.com" not in answer.response.text


def test_another_persons_lease_is_not_there(team, lease):
    with pytest.raises(NotFound):
        fix_in_pair(
            who=team.lead,
            project=team.project,
            assignment_id=lease.pk,
            lease_token=lease.lease_token,
            key=uuid4(),
            side="left",
            text="Mine.",
        )
    assert not Judgment.objects.exists()


def test_the_author_can_take_it_back(team, lease):
    done = fix(team, lease)
    revise_repair(
        who=team.annotator, project=team.project, judgment_id=done.judgment.pk, choice=RepairChoice.DROP
    )
    assert not list(repaired_answers(team.project))
    assert not list(decided_preferences(team.project))


def test_the_repair_and_the_preference_are_of_the_pairs_stratum_and_as_warned_of(team, campaign, lease):
    Item.objects.filter(pk=lease.item_id).update(sensitive=True)
    fix(team, lease)
    stratum = Item.objects.get(pk=lease.item_id).stratum
    made = Item.objects.exclude(pk=lease.item_id)
    assert sorted(made.values_list("kind", flat=True)) == ["pair", "repair"]
    assert {(one.stratum, one.sensitive, one.sampled) for one in made} == {(stratum, True, False)}
    assert stratum


def test_what_is_fixed_in_a_gold_pair_is_kept_and_teaches_nobody(team, campaign, lease):
    """Neither an answer to learn from nor a preference, now or after its author changes it; nor a gold item itself."""
    gold = mark_gold(who=team.lead, item=lease.item, right=Right("a", "It answers."))
    give(team.second_lead, gold)
    own = gold.assignments.get()
    fixed = {"who": team.second_lead, "project": team.project, "assignment_id": own.pk, "side": "left"}
    done = fix_in_pair(**fixed, lease_token=own.lease_token, key=uuid4(), text="A better answer.")
    assert (done.how, done.judgment.taken) == ("counted", True)
    assert done.judgment.revisions.get().response.text == "A better answer."
    revise_repair(
        who=team.second_lead,
        project=team.project,
        judgment_id=done.judgment.pk,
        choice=RepairChoice.FIX,
        text="A still better answer.",
    )
    assert not Decision.objects.exists()
    assert not Item.objects.filter(role="work").exclude(pk=lease.item_id).exists()
    assert list(gold_items(campaign)) == [gold]
    assert gold_rows(campaign) == []
    mended = make_campaign_of_edits(team)
    assert not mended.items.exists()


def make_campaign_of_edits(team):
    campaign = create_campaign(who=team.lead, project=team.project, name="Edited")
    make_pairs(who=team.lead, campaign=campaign, sources=[PairSource.EDITED])
    return campaign


def test_a_pair_one_has_skipped_or_lost_or_that_was_stopped_is_fixed_no_more(team, campaign, people):
    queue_pairs(campaign, 1)
    one, two, three = people(3)
    gone = {who: claim(who=who, campaign=campaign) for who in (one, two)}
    skip(who=one, project=team.project, **named(gone[one]), reason="unsure")
    deactivate_annotator(who=team.lead, profile=gone[two].profile)
    gone[three] = claim(who=three, campaign=campaign)
    flag(who=team.lead, project=team.project, **named(stopped(team, gone[three].item)), reason="harmful")
    for who, own in gone.items():
        with pytest.raises(Refused, match="not yours to fix"):
            fix_in_pair(
                who=who, project=team.project, **named(own), key=uuid4(), side="left", text="Mine now."
            )
    assert not Judgment.objects.exists()


def stopped(team, item):
    """A lease of somebody who is about to report the item."""
    give(team.lead, item)
    return item.assignments.get(profile__user=team.lead)


def named(lease):
    return {"assignment_id": lease.pk, "lease_token": lease.lease_token}


def test_a_key_that_belongs_to_somebody_else_is_refused(team, campaign, lease, people):
    key = uuid4()
    fix(team, lease, key=key)
    (other,) = people(1)
    theirs = claim(who=other, campaign=campaign)
    with pytest.raises(Refused, match="belongs to another"):
        fix_in_pair(
            who=other,
            project=team.project,
            assignment_id=theirs.pk,
            lease_token=theirs.lease_token,
            key=key,
            side="left",
            text="Another better answer.",
        )


def test_what_a_fix_left_behind_cannot_be_gold(team, campaign, lease):
    fix(team, lease)
    made = Item.objects.exclude(pk=lease.item_id)
    assert {one.kind for one in made} == {"pair", "repair"}
    with pytest.raises(Refused, match="asked of nobody"):
        mark_gold(who=team.lead, item=made.get(kind="repair"), right=Right("accept", "It is right."))
    page = team.client(team.lead).get(
        reverse("annotation:item", kwargs={"slug": team.project.slug, "item_id": made.get(kind="repair").pk})
    )
    assert page.status_code == 200
    assert "gold/" not in page.content.decode()
