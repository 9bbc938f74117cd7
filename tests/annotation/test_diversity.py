"""Concentration measures against closed forms, properties and published data."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.diversity import gini, herfindahl, hill_number, summarise, top_share

from .reference_data import convarg_votes

votes = st.lists(st.integers(0, 10_000), min_size=1, max_size=60).filter(any)


def test_equal_work_counts_every_annotator_once() -> None:
    for q in (0, 1, 2, 3.5):
        assert hill_number([7] * 9, q=q) == pytest.approx(9, abs=1e-9)
    assert herfindahl([7] * 9) == pytest.approx(1 / 9, abs=1e-12)
    assert gini([7] * 9) == pytest.approx(0, abs=1e-12)


def test_nobody_voted_is_undefined_and_not_zero() -> None:
    for measure in (herfindahl, gini, top_share):
        assert measure([]) is None
        assert measure([0, 0]) is None
    assert hill_number([], q=1) is None
    assert summarise([]).n_eff is None


def test_negative_votes_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        gini([3, -1])


def test_gini_of_one_busy_annotator_among_many_approaches_one() -> None:
    assert gini([1] * 3 + [997]) == pytest.approx(0.747, abs=1e-3)
    mean_difference = sum(abs(a - b) for a in (1, 2, 9) for b in (1, 2, 9)) / (2 * 9 * 4)
    assert gini([1, 2, 9]) == pytest.approx(mean_difference, abs=1e-12)


def test_top_share_takes_at_least_one_annotator() -> None:
    assert top_share([6, 3, 1]) == pytest.approx(0.6)
    assert top_share([1] * 20) == pytest.approx(0.1)


@given(votes)
def test_effective_numbers_never_exceed_the_people_and_fall_with_order(counts: list[int]) -> None:
    people = sum(1 for v in counts if v)
    q1, q2 = hill_number(counts, q=1), hill_number(counts, q=2)
    assert q1 is not None
    assert q2 is not None
    assert 1 - 1e-9 <= q2 <= q1 + 1e-9 <= people + 2e-9
    assert q2 == pytest.approx(1 / (herfindahl(counts) or math.nan))


@given(votes)
def test_an_annotator_without_votes_changes_nothing(counts: list[int]) -> None:
    assert summarise([*counts, 0]) == summarise(counts)


def test_published_crowd_has_the_reference_concentration() -> None:
    workers = Counter(row["worker"] for row in convarg_votes())
    found = summarise(workers.values())
    assert found.annotators == 2827
    assert found.n_eff == pytest.approx(520.9, abs=0.05)
    assert found.n_eff_q2 == pytest.approx(108.9, abs=0.05)
    assert found.hhi == pytest.approx(0.0092, abs=5e-5)
    assert found.top_share == pytest.approx(0.695, abs=1e-3)
