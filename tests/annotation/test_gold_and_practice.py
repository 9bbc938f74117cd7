"""What a practice round explains is never asked as gold, nor the other way round; whoever met gold is not given its like."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from annotation import next_item
from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.gold import Right, mark_gold, write_gold
from annotation.actions.overlap import set_overlap
from annotation.actions.practice_setup import pick_practice_item
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import GoldAnswer, Item, Pair, PracticeItem
from annotation.rules import Rules
from core.errors import Refused

from .conftest import queue_pairs
from .test_adjudication import vote

RIGHT = Right("a", "The second answer invents a source.")


@pytest.fixture
def decided(team, campaign, people):
    """Two pairs on which two people agreed."""
    items = queue_pairs(campaign, 2)
    for who in people(2):
        for _item in items:
            vote(who, campaign, "a")
    return list(Item.objects.filter(campaign=campaign, state="decided").order_by("-priority"))


def pick(team, campaign, item):
    return pick_practice_item(
        who=team.lead, campaign=campaign, source=item.pk, right=["a"], explanation="It names its source."
    )


def test_an_item_closed_as_gold_is_not_practised_on(team, campaign, decided):
    mark_gold(who=team.lead, item=decided[0], right=RIGHT)
    with pytest.raises(Refused, match="gold item shows an answer"):
        pick(team, campaign, decided[0])
    assert pick(team, campaign, decided[1]).source == decided[1]


def test_what_shares_an_answer_with_written_gold_is_neither_picked_nor_offered(team, campaign, decided):
    write_gold(who=team.lead, item=decided[0], text="A list is a kind of cheese.", right=RIGHT)
    with pytest.raises(Refused, match="gold item shows an answer"):
        pick(team, campaign, decided[0])
    page = team.client(team.lead).get(
        reverse("annotation:practice-add", args=[team.project.slug, campaign.pk])
    )
    assert [item for item, _word in page.context["agreed"]] == [decided[1]]


def test_what_is_practised_on_becomes_no_gold(team, campaign, decided):
    pick(team, campaign, decided[0])
    PracticeItem.objects.update(retired_at="2026-11-30T00:00Z")
    with pytest.raises(Refused, match="practice round shows an answer"):
        mark_gold(who=team.lead, item=decided[0], right=RIGHT)
    with pytest.raises(Refused, match="practice round shows an answer"):
        write_gold(who=team.lead, item=decided[0], text="A list is a kind of cheese.", right=RIGHT)
    assert not Item.objects.filter(role="gold").exists()


def test_the_database_refuses_both_whoever_writes(team, campaign, decided):
    gold = mark_gold(who=team.lead, item=decided[0], right=RIGHT)
    row = {
        "project": team.project, "campaign": campaign, "right_choices": ["a"], "explanation": "x",
        "created_by": team.lead,
    }  # fmt: skip
    for source in (decided[0], gold):
        with pytest.raises(DatabaseError, match="shares an answer with gold"), transaction.atomic():
            PracticeItem.objects.create(source=source, **row)
    PracticeItem.objects.create(source=decided[1], **row)
    like = Item.objects.create(
        project=team.project, campaign=campaign, kind="pair", version=gold.version, fingerprint="like",
        role="gold", slots_asked=0, slots_left=0,
    )  # fmt: skip
    practised = decided[1].pair
    Pair.objects.create(
        item=like, response_a=practised.response_b, response_b=gold.pair.response_a, source="gold"
    )
    with pytest.raises(DatabaseError, match="shares an answer with a practice round"), transaction.atomic():
        GoldAnswer.objects.create(
            project=team.project, item=like, number=1, choice="a", explanation="x", author=team.lead
        )


def always() -> float:
    return 0.0


def never() -> float:
    return 1.0


def answer(who, lease):
    submit_judgment(
        who=who, project=lease.project, assignment_id=lease.pk, lease_token=lease.lease_token, key=lease.pk,
        shown=Shown.LEFT,
    )  # fmt: skip


@pytest.fixture
def sibling(team, people):
    """A pair one person judged, and gold written from it."""
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Both", overlap=1, rules=Rules(gold_share=0.5)
    )
    (item,) = queue_pairs(campaign, 1)
    gold = write_gold(who=team.lead, item=item, text="A kind of cheese.", right=RIGHT)
    (first,) = people(1)
    answer(first, claim(who=first, campaign=campaign, chance=never))
    return campaign, item, gold


def test_work_that_comes_back_to_the_queue_is_not_given_to_who_met_its_like_as_gold(team, sibling, people):
    campaign, item, gold = sibling
    met, other = people(2)
    mine = claim(who=met, campaign=campaign, chance=always)
    assert mine.item == gold
    answer(met, mine)
    set_overlap(who=team.lead, campaign=campaign, overlap=3)
    assert claim(who=met, campaign=campaign, chance=never) is None
    assert claim(who=other, campaign=campaign, chance=never).item == item


def test_the_page_counts_it_for_nobody_it_will_not_be_given_to(team, sibling, people):
    campaign, _item, _gold = sibling
    met, other = people(2)
    answer(met, claim(who=met, campaign=campaign, chance=always))
    set_overlap(who=team.lead, campaign=campaign, overlap=3)
    queue_pairs(create_campaign(who=team.lead, project=team.project, name="Another", overlap=1), 1)
    waiting = {who: next_item.waiting_for(who=who, project=team.project, kind="pair") for who in (met, other)}
    assert waiting == {met: 1, other: 2}
    assert next_item.kept_for_others(who=met, project=team.project) == 0


def test_a_lead_is_not_asked_the_gold_whose_answer_they_gave(team, sibling):
    campaign, _item, gold = sibling
    assert claim(who=team.lead, campaign=campaign, chance=always) is None
    assert claim(who=team.second_lead, campaign=campaign, chance=always).item == gold
