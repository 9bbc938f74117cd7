"""Groups that prefer the same are told apart in at most one report of twenty, though one is busier or larger than the other.

Simulated: everybody has a taste of their own, drawn alike in both groups.
"""

import random
from collections.abc import Callable

import pytest

from annotation.group_report import MANY
from annotation.group_wins import FALSE_DISCOVERIES, Win, WinDifference, win_differences

Workload = Callable[[random.Random], int]


def few(_rng: random.Random) -> int:
    return 4


def busy(_rng: random.Random) -> int:
    return 40


def uneven(rng: random.Random) -> int:
    """As in crowds: the busiest tenth gives most of the votes."""
    return 1 + int(rng.lognormvariate(2, 1.3))


def votes(rng: random.Random, group: str, people: int, each: Workload) -> list[Win]:
    return [
        Win(f"{group}{person}", group, "model", rng.random() < taste)
        for person in range(people)
        for taste in [rng.betavariate(2, 2)]
        for _ in range(each(rng))
    ]


def reports(
    seed: int, number: int, north: tuple[int, Workload], south: tuple[int, Workload]
) -> list[WinDifference]:
    rng, found = random.Random(seed), []
    for _ in range(number):
        found += win_differences([*votes(rng, "n", *north), *votes(rng, "s", *south)], least=5)
    return found


@pytest.fixture(scope="module")
def at_the_least() -> list[WinDifference]:
    """Reports on as few people a side as numbers are said of, with workloads alike and not."""
    return [
        one
        for seed, (north, south) in enumerate([(busy, busy), (few, busy), (uneven, uneven)])
        for one in reports(seed, 120, (MANY, north), (MANY, south))
    ]


def test_from_twenty_people_a_side_one_report_in_twenty_names_a_difference_that_is_none(
    at_the_least: list[WinDifference],
) -> None:
    alarms = sum(one.found for one in at_the_least) / len(at_the_least)
    assert alarms <= FALSE_DISCOVERIES + 0.025, "two standard errors of 360 reports"


def test_from_twenty_people_a_side_intervals_cover_as_often_as_they_say(
    at_the_least: list[WinDifference],
) -> None:
    covered = sum(one.low <= 0 <= one.high for one in at_the_least) / len(at_the_least)
    assert 0.925 <= covered <= 0.975


def test_five_people_beside_thirty_busier_ones_raise_no_more_alarms() -> None:
    found = reports(3, 200, (5, few), (30, busy))
    assert sum(one.found for one in found) / len(found) <= FALSE_DISCOVERIES + 0.03


def test_people_who_are_all_alike_differ_in_nothing() -> None:
    wins = [Win(f"{g}{n}", g, "model", turn < 2) for g in "ns" for n in range(20) for turn in range(3)]
    (found,) = win_differences(wins, least=5)
    assert (found.p, found.found) == (1.0, False)
    assert found.low == pytest.approx(0, abs=1e-6)
    assert found.high == pytest.approx(0, abs=1e-6)


def test_groups_of_one_mind_each_differ_in_all() -> None:
    wins = [Win(f"{g}{n}", g, "model", g == "n") for g in "ns" for n in range(20) for _ in range(3)]
    (found,) = win_differences(wins, least=5)
    assert found.found
    assert found.low == pytest.approx(1)
