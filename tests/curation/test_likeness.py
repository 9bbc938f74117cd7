"""A choice that was drawn at random looks like production; one that was not is told what differs; chance stays quiet."""

from __future__ import annotations

import random
from typing import Any

import pytest

from core.divergence import (
    ALPHA,
    alarms,
    compare_categories,
    compare_numbers,
    jensen_shannon,
    kolmogorov_smirnov,
    wasserstein,
)
from curation.likeness import Row, compare, likeness, likeness_plot
from tests.conftest import Team

KINDS, STRATA, LANGUAGES = (
    ("single", "code", "rag", "tool_use"),
    ("a × easy", "a × hard", "b × easy"),
    ("en", "en", "en", "de"),
)


def rows(count: int, seed: int, *, longer: float = 1.0, code: float = 0.0) -> list[Row]:
    draw = random.Random(seed)
    return [
        Row(f"{seed}:{number}", draw.choice(STRATA), "code" if draw.random() < code else draw.choice(KINDS), draw.choice(LANGUAGES),
            int(draw.lognormvariate(3, 0.6)), int(longer * draw.lognormvariate(4, 0.8)))
        for number in range(count)
    ]  # fmt: skip


def test_distances_have_their_known_values() -> None:
    import numpy as np

    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1.0
    assert jensen_shannon(np.array([2.0, 2.0]), np.array([5.0, 5.0])) == pytest.approx(0, abs=1e-9)
    assert kolmogorov_smirnov([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5
    assert wasserstein([0, 1], [5, 6]) == 5.0


def test_chance_raises_an_alarm_in_at_most_one_case_of_twenty() -> None:
    """150 choices drawn from the window itself, five tests each: Holm keeps all together at 5 %; 3 σ of 150 draws above it is 10 %."""
    false = sum(
        any(one.alarm for one in compare(rows(60, 2 * seed), rows(180, 2 * seed + 1))) for seed in range(150)
    )
    assert false / 150 <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / 150) ** 0.5


def test_rows_of_one_cluster_are_not_counted_as_independent() -> None:
    """Twelve clusters of fifty equal rows: by rows any two sides differ wildly, by clusters chance explains it."""
    false = 0
    for seed in range(60):
        draw = random.Random(seed)
        values, sides, clusters = [], [], []
        for cluster in range(12):
            kind, side = draw.choice("ab"), cluster < 6
            values += [kind] * 50
            sides += [side] * 50
            clusters += [str(cluster)] * 50
        false += compare_categories(values, sides, clusters, seed=seed).p <= ALPHA
    assert false <= 8


def test_a_shift_is_found_and_named() -> None:
    found = {one.name: one for one in compare(rows(150, 1, longer=2.0, code=0.5), rows(400, 2))}
    assert found["kind"].alarm
    assert found["kind"].examples.startswith("code")
    assert found["answer_words"].alarm
    assert (found["answer_words"].moved or 0) > 20
    assert not found["prompt_words"].alarm
    assert not found["language"].alarm


def test_one_side_that_is_empty_is_no_difference() -> None:
    assert compare_numbers([1.0, 2.0], [True, True], ["a", "b"]).p == 1.0
    assert alarms([]) == []


@pytest.mark.django_db
def test_too_little_to_compare_says_so(team: Team) -> None:
    found: Any = likeness(team.project, [])
    assert found.compared == ()
    assert "nothing to compare" in str(found.reason)
    assert likeness_plot(found) is None
