"""Alpha against published and reference values; undefined stays undefined."""

import numpy as np
import pytest

from annotation.agreement import alpha, alpha_with_interval, pairwise_agreement, tabulate

from .reference_data import convarg_votes, pandalm_votes


def naive_nominal_alpha(counts: np.ndarray) -> float:
    """Krippendorff 2011, written as pairs of votes: 1 - observed / expected disagreement."""
    observed = total = 0.0
    for row in counts:
        n = row.sum()
        observed += (n * n - (row * row).sum()) / (n - 1)
        total += n
    marginals = counts.sum(axis=0)
    expected = (total * total - (marginals * marginals).sum()) / (total - 1)
    return float(1 - observed / expected)


def test_nominal_alpha_equals_the_definition() -> None:
    rng = np.random.default_rng(1)
    counts = rng.multinomial(3, [0.5, 0.2, 0.3], size=200)
    found = alpha(counts, level="nominal")
    assert found == pytest.approx(naive_nominal_alpha(counts), abs=1e-12)


def test_perfect_agreement_is_one_and_plain_agreement_too() -> None:
    counts = tabulate([(i, v) for i, v in enumerate("abab") for _ in range(2)], domain="ab")
    assert alpha(counts, level="nominal") == pytest.approx(1)
    assert pairwise_agreement(counts) == 1


@pytest.mark.parametrize(
    "votes",
    [[], [(1, "a")], [(1, "a"), (2, "b")], [(1, "a"), (1, "a"), (2, "a"), (2, "a")]],
    ids=["no votes", "one vote", "nobody judged the same item", "one value only"],
)
def test_undefined_stays_undefined(votes: list[tuple[int, str]]) -> None:
    counts = tabulate(votes, domain="ab")
    assert alpha(counts, level="nominal") is None
    assert alpha_with_interval(counts, level="ordinal") is None


def test_answers_outside_the_scale_are_left_out() -> None:
    counts = tabulate([(1, "a"), (1, "cannot_judge"), (2, "a"), (2, "b")], domain="ab")
    assert counts.tolist() == [[1, 1]]


def test_the_interval_holds_the_value_and_is_the_same_every_time() -> None:
    rng = np.random.default_rng(5)
    counts = rng.multinomial(2, [0.6, 0.1, 0.3], size=300)
    first = alpha_with_interval(counts, level="ordinal", resamples=200)
    assert first is not None
    assert first.low <= first.value <= first.high
    assert first == alpha_with_interval(counts, level="ordinal", resamples=200)


def test_published_crowd_agrees_as_published() -> None:
    votes = [((row["debate"], row["pair_id"]), row["value"]) for row in convarg_votes()]
    counts = tabulate(votes, domain=("a1", "equal", "a2"))
    assert alpha(counts, level="nominal") == pytest.approx(naive_nominal_alpha(counts), abs=1e-9)
    assert alpha(counts, level="nominal") == pytest.approx(0.377, abs=5e-4)
    assert alpha(counts, level="ordinal") == pytest.approx(0.500, abs=5e-4)


def test_pandalm_annotators_agree_as_measured() -> None:
    counts = tabulate(pandalm_votes(), domain=(1, 0, 2))
    assert alpha(counts, level="nominal") == pytest.approx(0.864, abs=5e-4)
    assert float((counts.max(axis=1) == 3).mean()) == pytest.approx(0.880, abs=5e-4)
