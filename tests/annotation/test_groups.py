"""Agreement within and between groups, and differences in what groups prefer, with few false alarms."""

import random

import pytest

from annotation.group_agreement import Said, agreement_of_groups
from annotation.group_wins import Win, win_differences

VALUES = ["a", "tie", "b"]


def test_two_groups_of_one_mind_each_agree_within_and_not_between() -> None:
    votes = {
        "north": [Said(item, "a" if item % 2 else "b", who) for item in range(40) for who in range(2)],
        "south": [Said(item, "b" if item % 2 else "a", who) for item in range(40) for who in range(2)],
    }
    within_north, within_south, between = agreement_of_groups(votes, VALUES, least=2)
    assert (within_north.value, within_south.value) == (pytest.approx(1), pytest.approx(1))
    assert between.value == pytest.approx(-1)
    assert (between.group, between.other, between.items) == ("north", "south", 40)


def test_between_groups_who_answer_alike_agreement_is_that_within_them() -> None:
    rng = random.Random(3)
    truth = [rng.choice("ab") for _ in range(600)]
    votes = {
        group: [
            Said(item, one if rng.random() < 0.85 else rng.choice("ab"), who)
            for item, one in enumerate(truth)
            for who in range(2)
        ]
        for group in ("north", "south")
    }
    north, _south, between = agreement_of_groups(votes, VALUES, least=2)
    assert north.value is not None
    assert between.low is not None
    assert between.high is not None
    assert between.low < north.value < between.high


def test_groups_that_never_met_on_an_item_have_no_agreement_between_them() -> None:
    apart = {"n": [Said(1, "a", 1), Said(1, "b", 2)], "s": [Said(2, "a", 1), Said(2, "a", 2)]}
    assert [(one.group, one.other) for one in agreement_of_groups(apart, VALUES, least=2)] == [
        ("n", "n"), ("s", "s"),
    ]  # fmt: skip


def test_agreement_of_fewer_people_than_may_be_named_is_left_out_whatever_else_they_judged() -> None:
    few = [Said(item, "ab"[item % 2], item % 2) for item in range(8)]
    alone = [Said(100 + who, "a", who) for who in range(9)]
    many = [Said(item, "ab"[who % 2], who) for item in range(8) for who in range(10, 16)]
    rows = agreement_of_groups({"n": few + alone, "s": many}, VALUES, least=5)
    assert [(one.group, one.other) for one in rows] == [("s", "s")], "of n two people judged what s judged"


def votes_of(rng: random.Random, group: str, people: int, models: dict[str, float], each: int) -> list[Win]:
    return [
        Win(f"{group}{person}", group, model, rng.random() < rate)
        for person in range(people)
        for model, rate in models.items()
        for _ in range(each)
    ]


def test_a_planted_difference_is_found_and_said_with_its_interval() -> None:
    rng = random.Random(1)
    wins = votes_of(rng, "n", 12, {"m1": 0.7, "m2": 0.5}, 30) + votes_of(
        rng, "s", 12, {"m1": 0.4, "m2": 0.5}, 30
    )
    first, second = win_differences(wins, least=5)
    assert (first.model, first.group, first.other, first.found) == ("m1", "n", "s", True)
    assert first.low < first.rate - first.other_rate < first.high
    assert first.low > 0.2
    assert not second.found
    assert second.q >= second.p


def test_a_group_of_four_is_compared_with_nobody() -> None:
    rng = random.Random(1)
    wins = votes_of(rng, "n", 4, {"m": 0.9}, 30) + votes_of(rng, "s", 12, {"m": 0.1}, 30)
    assert win_differences(wins, least=5) == []


def test_one_busy_person_is_no_difference_between_groups() -> None:
    rng = random.Random(2)
    crowd = votes_of(rng, "n", 6, {"m": 0.5}, 20) + votes_of(rng, "s", 6, {"m": 0.5}, 20)
    busy = [Win("n0", "n", "m", True) for _ in range(300)]
    (found,) = win_differences(crowd + busy, least=5)
    assert found.rate - found.other_rate > 0.2
    assert not found.found


def test_where_groups_do_not_differ_hardly_any_report_finds_a_difference() -> None:
    rng = random.Random(4)
    alarms = sum(
        any(
            one.found
            for one in win_differences(
                [w for g in "ns" for w in votes_of(rng, g, 6, {"m1": 0.5, "m2": 0.6, "m3": 0.4}, 10)], least=5
            )
        )
        for _ in range(60)
    )
    assert alarms <= 8
