"""Estimates rest on items that chance chose, and agreement on votes that were asked for whatever had been said before."""

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest

from annotation.quality.agreeing import agreement_of, agrees_with_others, base_of
from annotation.quality.reading import Reading, compared, games
from annotation.votes import VoteRow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def vote(item: int, person: int, choice: str, *, slot: int = 1, sampled: bool = True) -> VoteRow:
    return VoteRow(
        judgment=UUID(int=item * 100 + person), item=UUID(int=item), annotator=UUID(int=person), slot=slot,
        simulated=False, choice=choice, strength=0, swapped=False, active_ms=None, given_at=NOON, stratum="",
        length_a=1, length_b=1, revision=1, sampled=sampled,
    )  # fmt: skip


def judged(seed: int, *, settled: bool) -> list[VoteRow]:
    """Two votes on each item, right nine times in ten; a third one where they conflict and conflicts are settled."""
    rng = random.Random(seed)
    found = []
    for item in range(1500):
        truth = rng.choice("ab")
        said = [truth if rng.random() < 0.9 else "ab"[truth == "a"] for _ in range(3)]
        asked = 3 if settled and said[0] != said[1] else 2
        found += [vote(item, n, said[n], slot=n + 1) for n in range(asked)]
    return found


def test_a_third_judge_asked_for_on_conflicts_alone_moves_no_agreement() -> None:
    plain, settled = (agreement_of(judged(1, settled=one), kind="pair") for one in (False, True))
    assert len(judged(1, settled=True)) > len(judged(1, settled=False))
    assert settled == plain
    assert plain.pairwise is not None
    assert plain.pairwise.value == pytest.approx(0.82, abs=0.03)


def test_only_items_that_chance_chose_speak_for_agreement_and_win_rates() -> None:
    by_chance = [vote(1, 1, "a"), vote(1, 2, "a", slot=2), vote(2, 1, "b"), vote(2, 2, "b", slot=2)]
    picked = [vote(item, n, "ab"[n], slot=n + 1, sampled=False) for item in range(3, 20) for n in range(2)]
    votes = [*by_chance, *picked]
    found = agreement_of(votes, kind="pair")
    assert found.alpha_nominal is not None
    assert found.alpha_nominal.value == pytest.approx(1)
    models = {one.item: ("m1", "m2") for one in votes}
    reading = Reading("pair", votes, {}, models)
    assert len(games(reading)) == 4
    assert sorted(one.share for one in compared(reading)) == [0, 1]
    assert (base_of(votes).items, base_of(votes).of) == (2, 19)


def test_where_chance_chose_nothing_all_items_speak_for_themselves() -> None:
    votes = [vote(item, n, "a", slot=n + 1, sampled=False) for item in range(3) for n in range(2)]
    found = agreement_of(votes, kind="pair")
    assert found.pairwise is not None
    assert (found.pairwise.items, base_of(votes).items) == (3, 0)


def test_who_cannot_judge_agrees_with_nobody_and_disagrees_with_nobody() -> None:
    votes = [vote(1, n, "cannot", slot=n) for n in (1, 2)] + [vote(2, 1, "a"), vote(2, 2, "b", slot=2)]
    assert set(agrees_with_others(votes).values()) == {0}
    assert agrees_with_others(votes[:2]) == {}
