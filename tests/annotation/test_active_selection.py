"""Active selection: unsure cells of strata that lack judgments first, and a random floor that chance alone fills."""

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.reprioritise import reprioritise
from annotation.models import Item
from annotation.rules import Rules, Selection
from annotation.selection import Cell, deficit, priorities

from .conftest import queue_pairs
from .test_overlap import vote


def test_sides_that_draw_level_are_uncertain_and_a_clear_winner_is_not():
    assert Cell().uncertainty == Cell(10, 10).uncertainty == 1.0
    assert Cell(20, 0).uncertainty < Cell(12, 8).uncertainty < 1.0


def test_a_stratum_without_votes_lacks_all_and_one_at_its_share_nothing():
    assert deficit({}, {"law": 5, "lists": 5}) == {"law": 1.0, "lists": 1.0}
    assert deficit({"lists": 10}, {"law": 5, "lists": 5}) == {"law": 1.0, "lists": 0.0}
    assert deficit({"law": 2, "lists": 8}, {"law": 5, "lists": 5})["law"] == pytest.approx(0.6)


def test_places_are_quantiles_and_equals_share_one():
    assert priorities({"a": 0.9, "b": 0.1, "c": 0.5}) == pytest.approx({"a": 5 / 6, "b": 1 / 6, "c": 0.5})
    assert set(priorities({"a": 1.0, "b": 1.0}).values()) == {0.5}
    assert priorities({}) == {}


@pytest.fixture
def active(team):
    return create_campaign(
        who=team.lead,
        project=team.project,
        name="Active",
        overlap=1,
        rules=Rules(selection=Selection(active=True, floor=0.3)),
    )


def test_chance_decides_what_is_in_the_floor_and_the_floor_keeps_its_place(team, active):
    queue_pairs(active, 200)
    active.items.filter(priority__gte=1).update(priority=0.999)
    items = list(active.items.all())
    floor = [item for item in items if item.sampled]
    assert 35 <= len(floor) <= 85
    before = {item.pk: item.priority for item in floor}
    assert reprioritise(active) == 200 - len(floor)
    after = dict(Item.objects.filter(pk__in=before).values_list("pk", "priority"))
    assert after == before
    assert all(0 < priority < 1 for priority in active.items.values_list("priority", flat=True))


def test_what_is_held_urgent_or_judged_keeps_its_place(team, active):
    items = [item for item in queue_pairs(active, 30) if not item.sampled]
    Item.objects.filter(pk=items[0].pk).update(priority=10)
    judged = vote(team.annotator, active, "a")
    assert judged.pk == items[0].pk
    assert reprioritise(active) == len(items) - 1


def test_a_campaign_that_does_not_select_is_left_alone(team, campaign):
    items = queue_pairs(campaign, 3)
    assert all(item.sampled for item in items)
    assert reprioritise(campaign) == 0
