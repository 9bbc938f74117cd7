"""What judging says about difficulty: mended, dropped and split votes are trouble, of real people only."""

from __future__ import annotations

import pytest

from annotation.models import Decision
from annotation.outcomes import judged
from curation.models import CurationState
from curation.outcomes import read_outcomes
from tests.conftest import Team
from tests.snapshots.conftest import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(team: Team) -> World:
    return make_world(team)


def test_what_was_mended_or_dropped_was_trouble_and_what_was_accepted_was_not(world: World) -> None:
    good, mended, dropped, simulated = (world.answer(text) for text in ("a", "b", "c", "d"))
    world.repair(good, "accepted")
    world.repair(mended, "fixed", "better")
    world.repair(dropped, "dropped")
    world.repair(simulated, "fixed", "better", simulated=1)
    assert dict(judged(world.team.project)) == {good.pk: False, mended.pk: True, dropped.pk: True}
    CurationState.objects.filter(project=world.team.project).update(difficulty_score=1.0)
    found = read_outcomes(world.team.project)
    assert (sorted(found.trouble), found.sources["judged"]) == ([False, True, True], 3)


@pytest.mark.parametrize(
    ("votes", "trouble"), [({"a": 2, "b": 1}, True), ({"a": 3}, False), ({"a": 1, "tie": 1}, False)]
)
def test_a_pair_on_which_votes_went_both_ways_was_trouble(
    world: World, votes: dict[str, int], trouble: bool
) -> None:
    world.pair(world.answer("a"), world.answer("b"))
    Decision.objects.update(votes=votes)
    assert set(dict(judged(world.team.project)).values()) == {trouble}


def test_one_vote_says_nothing_about_agreement(world: World) -> None:
    world.pair(world.answer("a"), world.answer("b"))
    Decision.objects.update(votes={"a": 1})
    assert dict(judged(world.team.project)) == {}
