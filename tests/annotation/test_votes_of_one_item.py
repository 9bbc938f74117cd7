"""Votes on one item go together: three copies are no three votes, and intervals cover as often as they say all the same."""

import random
from collections.abc import Callable

import pytest

from annotation.bias import against_a_fair_coin
from annotation.bias_of_models import Contest, ModelBias, bias_of_models
from annotation.clustered import clustered_share
from core.intervals import Estimate, wilson

Votes = list[tuple[int, bool]]

CAMPAIGNS = 600
ITEMS = 60


def crowd(rng: random.Random) -> Votes:
    """Three votes on each item, most of which speak clearly for one answer: half of all in the long run."""
    tastes = [rng.choice([0.1, 0.9]) for _ in range(ITEMS)]
    return [(item, rng.random() < taste) for item, taste in enumerate(tastes) for _ in range(3)]


def model(rng: random.Random) -> ModelBias:
    """A model whose answers win half of their votes, wherever they stand and however long they are."""
    contests = []
    for item, won in crowd(rng):
        length = 120 if item % 2 else 80
        contests.append(Contest("ours", rng.random() < 0.5, length, 100, won, item))
    (found,) = bias_of_models(contests)
    return found


def width(found: Estimate) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


@pytest.mark.parametrize("hits", [0, 3, 37, 50, 100])
def test_three_copies_of_every_vote_tell_what_one_of_each_tells(hits: int) -> None:
    one = [(item, item < hits) for item in range(100)]
    once, copied = against_a_fair_coin(one), against_a_fair_coin(one * 3)
    assert once is not None
    assert copied is not None
    assert (copied.of, copied.items, copied.share) == (300, 100, once.share)
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high), abs=0.002)
    assert copied.p_value == pytest.approx(once.p_value, abs=0.02)


def test_three_copies_of_every_contest_tell_no_more_of_a_model() -> None:
    rng = random.Random(5)
    contests = [
        Contest("ours", rng.random() < 0.5, rng.choice([80, 120]), 100, rng.random() < 0.6, item)
        for item in range(200)
    ]
    (once,), (copied,) = bias_of_models(contests), bias_of_models(contests * 3)
    for name in ("wins", "left", "longer"):
        one, three = getattr(once, name), getattr(copied, name)
        assert three.n == 3 * one.n
        assert width(three) == pytest.approx(width(one), rel=0.02)


def test_votes_that_do_not_go_together_are_all_worth_one() -> None:
    rng = random.Random(6)
    found = clustered_share((item, rng.random() < 0.5) for item in range(500) for _ in range(3))
    assert found is not None
    assert 1300 < found.effective <= 1500


def test_many_votes_on_a_single_item_are_worth_one() -> None:
    found = against_a_fair_coin([(1, True)] * 40)
    assert found is not None
    assert found.p_value == 1
    assert found.low < 0.05


def _share(rng: random.Random) -> bool:
    found = against_a_fair_coin(crowd(rng))
    assert found is not None
    assert (found.p_value >= 0.05) == (found.low <= 0.5 <= found.high)
    return found.low <= 0.5 <= found.high


def _wins(rng: random.Random) -> bool:
    return _holds(model(rng).wins, 0.5)


def _left(rng: random.Random) -> bool:
    return _holds(model(rng).left, 0.0)


def _longer(rng: random.Random) -> bool:
    return _holds(model(rng).longer, 0.0)


def _holds(found: Estimate, truth: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high


@pytest.mark.parametrize("covers", [_share, _wins, _left, _longer])
def test_over_honest_campaigns_intervals_cover_as_often_as_they_say(
    covers: Callable[[random.Random], bool],
) -> None:
    rng = random.Random(7)
    covered = sum(covers(rng) for _ in range(CAMPAIGNS)) / CAMPAIGNS
    assert 0.925 <= covered <= 0.98


def test_over_the_same_campaigns_votes_taken_one_by_one_would_miss_far_more_often() -> None:
    rng = random.Random(7)
    missed = 0
    for _ in range(CAMPAIGNS):
        hits = [hit for _item, hit in crowd(rng)]
        missed += not _holds(wilson(sum(hits), len(hits)), 0.5)
    assert missed / CAMPAIGNS > 0.15
