"""Position and length tests: what is planted is found, honest annotators are left alone."""

import random
from collections.abc import Iterable

import pytest

from annotation.bias import BinomialTest, against_a_fair_coin

from .reference_data import convarg_votes


def apart(taken: Iterable[bool | None]) -> BinomialTest | None:
    """One vote on each item."""
    return against_a_fair_coin(enumerate(taken))


def test_an_annotator_who_always_takes_the_left_is_found() -> None:
    found = apart([True] * 60)
    assert found is not None
    assert found.p_value < 0.001
    assert found.share == 1


def test_honest_annotators_are_rarely_accused() -> None:
    rng = random.Random(7)
    accused = 0
    for _ in range(500):
        found = apart([rng.random() < 0.5 for _ in range(60)])
        accused += found is not None and found.p_value < 0.01
    assert accused <= 10


def test_answers_without_a_side_do_not_count() -> None:
    found = apart([None, True, None, False])
    assert found is not None
    assert (found.chosen, found.of, found.items) == (1, 2, 2)
    assert apart([None]) is None


@pytest.mark.parametrize(("chosen", "of"), [(0, 1), (1, 1), (3, 9), (30, 60), (41, 60), (1000, 1900)])
def test_with_one_vote_an_item_test_and_interval_are_the_exact_ones(chosen: int, of: int) -> None:
    from scipy.stats import binomtest

    found, reference = apart(n < chosen for n in range(of)), binomtest(chosen, of, 0.5)
    interval = reference.proportion_ci(0.95, method="exact")
    assert found is not None
    assert found.p_value == pytest.approx(reference.pvalue, abs=1e-9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_the_published_crowd_shows_no_side() -> None:
    found = against_a_fair_coin(
        ((row["debate"], row["pair_id"]), None if row["value"] == "equal" else row["value"] == "a1")
        for row in convarg_votes()
    )
    assert found is not None
    assert found.low < 0.5 < found.high
