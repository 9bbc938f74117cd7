"""What sides and lengths do per model, and the pull of length: planted ones are found, fair ones are not."""

import random

import pytest

from annotation.bias_of_models import Contest, bias_of_models
from annotation.clustered import clustered_share, difference
from annotation.verbosity import verbosity

from .reference_data import convarg_votes


def test_the_difference_of_two_shares_has_newcombes_published_interval() -> None:
    found = difference(
        clustered_share((("a", n), n < 56) for n in range(70)),
        clustered_share((("b", n), n < 48) for n in range(80)),
    )
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_a_model_that_wins_only_on_the_left_is_seen() -> None:
    rng = random.Random(1)
    contests = []
    for item in range(400):
        left = rng.random() < 0.5
        contests += [
            Contest("ours", left, 90, 80, left, item),
            Contest("theirs", not left, 80, 90, not left, item),
        ]
    ours, theirs = bias_of_models(contests)
    assert (ours.model, theirs.model) == ("ours", "theirs")
    for one in (ours, theirs):
        assert one.left.value == 1
        assert one.wins.low < 0.5 < one.wins.high
    assert ours.longer.value is None


def test_a_fair_crowd_moves_no_model() -> None:
    rng = random.Random(2)
    contests = [
        Contest("ours", rng.random() < 0.5, rng.randrange(1, 99), 50, rng.random() < 0.7, item)
        for item in range(900)
    ]
    (ours,) = bias_of_models(contests)
    assert ours.wins.low > 0.6
    assert ours.left.low < 0 < ours.left.high
    assert ours.longer.low < 0 < ours.longer.high


def test_a_planted_pull_of_length_is_measured() -> None:
    rng = random.Random(3)
    votes = []
    for item in range(800):
        a, b = rng.randrange(50, 900), rng.randrange(50, 900)
        odds = a / b
        votes += [(item, a, b, rng.random() < odds / (1 + odds)) for _ in range(3)]
    found = verbosity(votes)
    assert found is not None
    assert found.low < 2 < found.high
    assert found.high - found.low < 0.5
    assert found.items <= 800


def test_the_interval_covers_no_pull_at_all_as_often_as_it_says_also_where_votes_go_together() -> None:
    rng = random.Random(4)
    missed = 0
    for _ in range(300):
        votes = []
        for item in range(60):
            a, b, taste = rng.randrange(50, 900), rng.randrange(50, 900), rng.choice([0.1, 0.9])
            votes += [(item, a, b, rng.random() < taste) for _ in range(4)]
        found = verbosity(votes)
        assert found is not None
        missed += not found.low < 1 < found.high
    assert missed <= 0.09 * 300


@pytest.mark.parametrize(
    "votes",
    [
        [],
        [(n, 10, 10, True) for n in range(50)],
        [(n, 20, 10, True) for n in range(50)],
        [(1, 20, 10, n % 2 == 0) for n in range(50)],
    ],
    ids=["no votes", "equal lengths", "length decides all", "one item"],
)
def test_an_undefined_pull_stays_undefined(votes) -> None:
    assert verbosity(votes) is None


def test_the_published_crowd_favours_length_clearly() -> None:
    from .reference_data import convarg_lengths

    lengths = convarg_lengths()
    votes = [
        ((row["debate"], row["pair_id"]), *lengths[row["debate"], row["pair_id"]], row["value"] == "a1")
        for row in convarg_votes()
        if row["value"] != "equal"
    ]
    found = verbosity(votes)
    assert found is not None
    assert found.low > 1.5
    longer = sum((a > b) == won for _item, a, b, won in votes if a != b)
    assert longer / sum(a != b for _item, a, b, _won in votes) == pytest.approx(0.737, abs=5e-4)


def test_a_strong_model_that_writes_much_is_not_taken_for_one_that_wins_by_length() -> None:
    rng = random.Random(7)
    contests = []
    for item in range(500):
        own, other = rng.randrange(300, 900), rng.randrange(100, 400)
        for _ in range(2):
            contests.append(Contest("ours", rng.random() < 0.5, own, other, rng.random() < 0.8, item))
    (ours,) = bias_of_models(contests)
    assert ours.verbosity is not None
    assert ours.verbosity.low < 1 < ours.verbosity.high
    without = verbosity([(one.item, one.own, one.other, one.won) for one in contests])
    assert without is not None
    assert without.low > 1.5, "without its level the model's strength would be read as a pull of length"


def test_a_planted_pull_of_length_is_found_for_the_model_it_touches() -> None:
    rng = random.Random(8)
    contests = []
    for item in range(700):
        own, other = rng.randrange(100, 900), rng.randrange(100, 900)
        odds = 2 * (own / other)
        won = rng.random() < odds / (1 + odds)
        contests.append(Contest("wordy", True, own, other, won, item))
        contests.append(Contest("plain", True, own, other, rng.random() < 0.5, -item - 1))
    plain, wordy = bias_of_models(contests)
    assert wordy.verbosity.low < 2 < wordy.verbosity.high
    assert plain.verbosity.low < 1 < plain.verbosity.high
    assert wordy.verbosity.low > plain.verbosity.factor


@pytest.mark.parametrize("won", [True, False])
def test_a_model_that_always_wins_or_loses_has_no_slope(won: bool) -> None:
    contests = [Contest("ours", True, 100 + n, 150, won, n) for n in range(80)]
    (ours,) = bias_of_models(contests)
    assert ours.verbosity is None
