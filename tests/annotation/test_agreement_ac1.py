"""Gwet's AC1 against published examples, and every interval against a bootstrap written out in full."""

import numpy as np
import pytest

from annotation.agreement import (
    ac1_with_interval,
    alpha,
    alpha_with_interval,
    gwet_ac1,
    pairwise_agreement,
    pairwise_with_interval,
    tabulate,
)

KRIPPENDORFF = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Four raters, twelve units, five values: the example of Krippendorff (2011) and of Gwet's handbook (2014)."""


def published_table(*, least: int) -> np.ndarray:
    votes = [(unit, v) for row in KRIPPENDORFF for unit, v in enumerate(row.split()) if v != "."]
    return tabulate(votes, domain="12345", least=least)


def test_two_raters_of_125_subjects_agree_as_gwet_published() -> None:
    counts = np.array([[2, 0]] * 118 + [[1, 1]] * 7)
    assert gwet_ac1(counts) == pytest.approx(0.9408, abs=5e-5)
    assert alpha(counts, level="nominal") == pytest.approx(-0.025, abs=5e-3)


def test_four_raters_with_missing_values_agree_as_gwet_published() -> None:
    assert gwet_ac1(published_table(least=1)) == pytest.approx(0.77544, abs=5e-6)
    assert alpha(published_table(least=2), level="nominal") == pytest.approx(0.743, abs=5e-4)
    assert alpha(published_table(least=2), level="ordinal") == pytest.approx(0.815, abs=5e-4)


def test_nobody_judging_the_same_item_is_undefined() -> None:
    for votes in ([], [(1, "a")], [(1, "a"), (2, "b")]):
        for least in (1, 2):
            counts = tabulate(votes, domain="ab", least=least)
            assert gwet_ac1(counts) is None
            assert ac1_with_interval(counts) is None
            assert pairwise_with_interval(counts) is None


def test_one_value_only_is_agreement_for_ac1_and_undefined_for_alpha() -> None:
    counts = np.array([[2, 0]] * 5)
    assert gwet_ac1(counts) == 1
    assert alpha(counts, level="nominal") is None


def resampled(counts: np.ndarray, draws: int) -> list[np.ndarray]:
    """Whole tables of items drawn with replacement; which of two items with equal votes it was makes no difference."""
    patterns, items = np.unique(counts, axis=0, return_counts=True)
    drawn = np.random.default_rng(9).multinomial(len(counts), items / len(counts), size=draws)
    return [np.repeat(patterns, times, axis=0) for times in drawn]


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_the_fast_bootstrap_of_alpha_equals_resampling_the_items_one_by_one(level) -> None:
    counts = np.random.default_rng(3).multinomial(3, [0.4, 0.1, 0.2, 0.1, 0.2], size=60)
    found = alpha_with_interval(counts, level=level, resamples=80, seed=9)
    values = [alpha(some, level=level) for some in resampled(counts, 80)]
    assert (found.low, found.high) == pytest.approx(np.quantile(values, [0.025, 0.975]), abs=1e-9)


@pytest.mark.parametrize(
    ("statistic", "interval"),
    [(gwet_ac1, ac1_with_interval), (pairwise_agreement, pairwise_with_interval)],
    ids=["AC1", "plain"],
)
def test_the_other_intervals_are_over_items_too(statistic, interval) -> None:
    counts = np.random.default_rng(4).multinomial(3, [0.6, 0.1, 0.3], size=60)
    found = interval(counts, resamples=80, seed=9)
    values = [statistic(some) for some in resampled(counts, 80)]
    assert found.value == statistic(counts)
    assert (found.low, found.high) == pytest.approx(np.quantile(values, [0.025, 0.975]), abs=1e-9)


def test_a_campaign_of_a_hundred_thousand_votes_is_drawn_in_small_parts(monkeypatch) -> None:
    counts = np.random.default_rng(5).multinomial(3, [0.6, 0.1, 0.3], size=500)
    whole = ac1_with_interval(counts, resamples=50)
    monkeypatch.setattr("annotation.agreement.AT_ONCE", 40)
    assert ac1_with_interval(counts, resamples=50) == whole
