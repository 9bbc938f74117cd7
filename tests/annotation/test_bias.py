"""Position and length tests: what is planted is found, honest annotators are left alone."""

import random

import pytest

from annotation.bias import against_a_fair_coin, length_bias, position_bias

from .reference_data import convarg_votes


def test_an_annotator_who_always_takes_the_left_is_found() -> None:
    found = position_bias([True] * 60)
    assert found is not None
    assert found.p_value < 0.001
    assert found.share == 1


def test_honest_annotators_are_rarely_accused() -> None:
    rng = random.Random(7)
    accused = 0
    for _ in range(500):
        found = position_bias([rng.random() < 0.5 for _ in range(60)])
        accused += found is not None and found.p_value < 0.01
    assert accused <= 10


def test_answers_without_a_side_do_not_count() -> None:
    found = position_bias([None, True, None, False])
    assert found is not None
    assert (found.chosen, found.of) == (1, 2)
    assert position_bias([None]) is None


def test_the_longer_answer_wins_as_often_as_counted() -> None:
    found = length_bias([(10, 5), (7, 7), (3, 9), (8, 1)])
    assert found is not None
    assert (found.chosen, found.of) == (2, 3)


@pytest.mark.parametrize(("chosen", "of"), [(0, 1), (1, 1), (3, 9), (30, 60), (41, 60), (1000, 1900)])
def test_the_exact_test_equals_the_reference(chosen: int, of: int) -> None:
    from scipy.stats import binomtest

    found, reference = against_a_fair_coin(chosen, of), binomtest(chosen, of, 0.5)
    interval = reference.proportion_ci(0.95, method="exact")
    assert found is not None
    assert found.p_value == pytest.approx(reference.pvalue, abs=1e-9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_an_impossible_count_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a count"):
        against_a_fair_coin(3, 2)


def test_the_published_crowd_shows_no_side() -> None:
    values = [row["value"] for row in convarg_votes()]
    found = position_bias(None if value == "equal" else value == "a1" for value in values)
    assert found is not None
    assert found.low < 0.5 < found.high
