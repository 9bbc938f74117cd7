"""Difficulty follows outcomes where they follow the score, monotonely; anywhere else the documented weights hold and it says why."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.calibration import DOCUMENTED, auc, calibrate, cutoffs_of, isotonic, predict, reliability

OUTCOMES = st.lists(st.tuples(st.floats(0, 20), st.booleans()), min_size=1, max_size=80)


def drawn(slope: float, count: int = 1200, seed: int = 2) -> tuple[list[float], list[bool]]:
    """Scores of 0…10 whose chance of trouble rises with them."""
    random = np.random.default_rng(seed)
    scores = random.integers(0, 11, count) / 1.0
    chance = np.clip(0.1 + slope * scores, 0, 0.95)
    return scores.tolist(), (random.random(count) < chance).tolist()


@given(OUTCOMES)
def test_a_higher_score_is_never_predicted_less_trouble(outcomes: list[tuple[float, bool]]) -> None:
    x = np.array([score for score, _ in outcomes])
    steps = isotonic(x, np.array([float(bad) for _, bad in outcomes]))
    assert [start for start, _ in steps] == sorted({start for start, _ in steps})
    assert [share for _, share in steps] == sorted(share for _, share in steps)
    assert np.all(np.diff(predict(steps, np.sort(x))) >= 0)


@given(OUTCOMES)
def test_the_fit_keeps_the_total_of_trouble(outcomes: list[tuple[float, bool]]) -> None:
    x, y = np.array([score for score, _ in outcomes]), np.array([float(bad) for _, bad in outcomes])
    assert predict(isotonic(x, y), x).sum() == pytest.approx(y.sum(), abs=1e-3)


def test_outcomes_that_follow_the_score_set_the_levels() -> None:
    found = calibrate(*drawn(0.06, 6000))
    assert found.calibrated
    assert found.auc is not None
    assert found.auc > 0.6
    assert found.brier is not None
    assert found.brier < (found.brier_of_base_rate or 0)
    assert found.calibration_error is not None
    assert 0 < found.calibration_error < 0.05
    assert 2 < found.cutoffs.medium < 8
    assert found.cutoffs.medium <= found.cutoffs.hard
    assert (found.outcomes, sum(one.count for one in found.bins)) == (6000, 2400)


def test_outcomes_that_do_not_follow_leave_the_documented_weights() -> None:
    found = calibrate(*drawn(0.0))
    assert (found.calibrated, found.why, found.cutoffs) == (False, "outcomes_do_not_follow", DOCUMENTED)
    assert found.bins


def test_outcomes_the_wrong_way_round_are_not_calibration() -> None:
    scores, bad = drawn(0.06)
    assert calibrate(scores, [not one for one in bad]).why == "outcomes_do_not_follow"


@pytest.mark.parametrize("count", [0, 1, 150])
def test_too_few_outcomes_say_so(count: int) -> None:
    scores, bad = drawn(0.06, count)
    found = calibrate(scores, bad)
    assert (found.calibrated, found.why, found.cutoffs) == (False, "too_few", DOCUMENTED)


def test_many_outcomes_of_one_kind_are_too_few() -> None:
    assert calibrate([1.0] * 900, [True] * 890 + [False] * 10).why == "too_few"


def test_levels_begin_where_trouble_is_likelier_than_on_average() -> None:
    steps = ((0.0, 0.1), (2.0, 0.25), (5.0, 0.5))
    assert (cutoffs_of(steps, 0.2).medium, cutoffs_of(steps, 0.2).hard) == (2.0, 5.0)
    assert cutoffs_of(steps, 0.9).medium == float("inf")


def test_bins_hold_all_outcomes_and_part_no_equal_scores() -> None:
    scores, bad = drawn(0.05, 500)
    x, y = np.array(scores), np.array(bad, dtype=float)
    bins = reliability(x, x / 20, y)
    assert sum(one.count for one in bins) == 500
    assert all(one.high < other.low for one, other in itertools.pairwise(bins))


def test_auc_is_the_chance_to_rank_trouble_higher() -> None:
    assert auc(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0])) == 1.0
    assert auc(np.array([1.0, 1.0]), np.array([0.0, 1.0])) == 0.5
