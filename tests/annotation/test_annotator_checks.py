"""Those who answer without reading are found; honest people are left alone, also when somebody looks every day (simulated)."""

import random
from dataclasses import replace

import pytest

from annotation.checks import ALARM, Check, CheckedVote, check_annotators
from annotation.sequential import anytime_p, e_above, e_of_a_coin

from .simulated_crowd import Crowd

HONEST = 1_000


def planted(habit, *, each=90, people=40):
    """A simulated crowd in which number 0 has a habit."""
    votes = []
    for vote in Crowd(people=people, each=each, seed=5).votes():
        votes.append(habit(vote, votes) if vote.annotator == 0 else vote)
    return {finding.check: finding for finding in check_annotators(votes)[0]}


def test_one_who_takes_the_left_sixty_times_is_found_whenever_one_looks() -> None:
    assert anytime_p(e_of_a_coin(60, 60)) < 0.001
    assert anytime_p(e_of_a_coin(0, 60)) < 0.001
    assert planted(lambda vote, _: replace(vote, left=True), each=60)[Check.SIDE].p_value < 0.001


def test_one_who_presses_the_same_key_is_found() -> None:
    assert planted(lambda vote, _: replace(vote, key="1"), each=60)[Check.SAME_KEY].alarm
    assert planted(lambda vote, _: replace(vote, key="3", left=None), each=60)[Check.SAME_KEY].alarm


def test_one_who_takes_the_longer_answer_is_found() -> None:
    assert planted(lambda vote, _: replace(vote, longer=True))[Check.LONGER].alarm


def test_one_who_does_not_read_is_found_and_one_who_only_reads_fast_is_not() -> None:
    assert planted(lambda vote, _: replace(vote, seconds=1.5), each=20)[Check.SPEED].alarm
    quick = planted(lambda vote, _: replace(vote, seconds=vote.words / 600 * 60), each=90)
    assert not quick[Check.SPEED].alarm


def test_one_who_copies_is_found_with_whom() -> None:
    """Simulated: numbers 0 and 1 share every item, among three on each."""
    rng = random.Random(3)
    votes = []
    for item in range(150):
        answer = (rng.choice("ab"), rng.choice((1, 2)))
        for who in (1, 0, 2 + item % 5):
            said = answer if who < 2 or rng.random() < 0.6 else ("tie", 0)
            votes.append(CheckedVote(item, who, said, None, None, None, None, None))
    found = {one.check: one for one in check_annotators(votes)[0]}[Check.COPY]
    assert found.alarm
    assert found.partner == 1
    assert not any(one.alarm for who in range(1, 7) for one in check_annotators(votes)[who])


def test_the_same_long_words_three_times_are_no_accident_and_short_ones_say_nothing() -> None:
    def both(words: str) -> list[CheckedVote]:
        return [
            CheckedVote(item, who, "a", None, None, None, None, None, f"{words} {item}")
            for item in range(3)
            for who in (0, 1)
        ]

    found = {one.check: one for one in check_annotators(both("It cites the passage it was given"))[1]}
    assert found[Check.SAME_WORDS].alarm
    assert Check.SAME_WORDS not in {one.check for one in check_annotators(both("B cites"))[1]}


@pytest.mark.long
def test_at_most_one_in_a_hundred_honest_people_is_ever_accused_by_any_check_though_looked_at_daily() -> None:
    votes = list(Crowd(people=HONEST, each=60, seed=11).votes())
    accused: dict[Check, set[object]] = {check: set() for check in Check}
    for answers in range(20, 61, 20):
        for who, findings in check_annotators(votes[: answers * HONEST]).items():
            for finding in findings:
                if finding.alarm:
                    accused[finding.check].add(who)
    assert len(set().union(*accused.values())) <= 0.01 * HONEST, accused


def test_honest_people_who_share_most_of_their_items_are_no_copyists() -> None:
    """Simulated: twelve small teams of twelve."""
    accused = [
        finding
        for seed in range(12)
        for findings in check_annotators(list(Crowd(people=12, each=120, seed=seed).votes())).values()
        for finding in findings
        if finding.alarm
    ]
    assert len(accused) <= 1


def test_looking_after_every_answer_does_not_inflate_the_side_test() -> None:
    """Simulated fair coins; a test made for one look, looked at again and again, accuses far more than it says."""
    from annotation.bias import against_a_fair_coin

    rng = random.Random(13)
    level, ever, naive = 0.01, 0, 0
    for _person in range(400):
        sides, accused, by_fixed = [], False, False
        for n in range(1, 201):
            sides.append(rng.random() < 0.5)
            accused = accused or anytime_p(e_of_a_coin(sum(sides), n)) <= level
            test = against_a_fair_coin(enumerate(sides)) if n % 5 == 0 else None
            by_fixed = by_fixed or (test is not None and test.p_value <= level)
        ever, naive = ever + accused, naive + by_fixed
    assert ever <= level * 400
    assert naive > 3 * level * 400


def test_a_limit_is_kept_by_all_who_stay_below_it_though_their_chance_changes() -> None:
    rng = random.Random(17)
    ever = 0
    for _person in range(1_000):
        hits, worst = 0, 1.0
        for n in range(1, 121):
            hits += rng.random() < (0.8 if n % 3 else 0.79)
            worst = min(worst, anytime_p(e_above(hits, n, limit=0.8)))
        ever += worst <= 0.01
    assert ever <= 10


def test_nothing_to_count_says_nothing() -> None:
    assert check_annotators([CheckedVote(1, 1, "a", None, None, None, None, None)]) == {1: []}
    with pytest.raises(ValueError, match="between 0 and 1"):
        e_above(1, 1, limit=1.0)
    assert anytime_p(0.0) == 1
    assert ALARM == 0.001
