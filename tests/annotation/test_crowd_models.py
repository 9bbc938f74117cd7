"""Crowd models: on real judgments MACE comes nearer to the published answers than the majority; what they say adds up."""

import math
import random

import pytest

pytest.importorskip("crowdkit", reason="the extra `quality` is not installed")
pytest.importorskip("choix", reason="the extra `quality` is not installed")

from annotation.crowd import Game, Label, bradley_terry, dawid_skene, mace, vote_shares

from .reference_data import convarg_gold, convarg_votes


def right(soft, gold) -> float:
    """Share of the published answers that are the likeliest label; a draw is right as often as its share of the draw."""
    hits = 0.0
    for item, answer in gold.items():
        top = max(soft[item].values())
        best = [value for value, share in soft[item].items() if share == top]
        hits += (answer in best) / len(best)
    return hits / len(gold)


@pytest.mark.long
def test_mace_beats_the_majority_by_half_a_point_on_the_published_crowd() -> None:
    gold = convarg_gold()
    labels = [Label((row["debate"], row["pair_id"]), row["worker"], row["value"]) for row in convarg_votes()]
    majority, modelled = right(vote_shares(labels), gold), right(mace(labels).soft, gold)
    assert modelled >= majority + 0.005, (majority, modelled)
    assert modelled == pytest.approx(0.9375, abs=0.003)
    assert right(dawid_skene(labels).soft, gold) == pytest.approx(0.904, abs=0.003)


def planted(*, guessers: int, seed: int = 2) -> list[Label]:
    """Simulated: nine people on 200 items, some of whom guess."""
    rng = random.Random(seed)
    labels = []
    for item in range(200):
        truth = rng.choice("ab")
        for who in range(9):
            knows = who >= guessers and rng.random() < 0.85
            labels.append(Label(item, who, truth if knows else rng.choice("ab")))
    return labels


@pytest.mark.parametrize("model", [dawid_skene, mace])
def test_names_and_their_order_change_nothing(model) -> None:
    """crowd-kit's MACE, given names, depends on how they sort."""
    plain = planted(guessers=3)
    renamed = [Label(f"item {900 - one.item}", f"who {99 - one.annotator}", one.value) for one in plain]
    first, second = model(plain), model(renamed)
    for item, shares in first.soft.items():
        assert second.soft[f"item {900 - item}"] == pytest.approx(shares, abs=1e-9)
    for who, value in first.competence.items():
        assert second.competence[f"who {99 - who}"] == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("model", [dawid_skene, mace])
def test_those_who_guess_are_told_from_those_who_know(model) -> None:
    found = model(planted(guessers=3))
    assert max(found.competence[who] for who in range(3)) < min(found.competence[w] for w in range(3, 9))
    assert all(0 <= value <= 1 for value in found.competence.values())
    for shares in found.soft.values():
        assert sum(shares.values()) == pytest.approx(1, abs=1e-9)
    assert len(found.soft) == 200


@pytest.mark.parametrize("model", [dawid_skene, mace])
def test_where_nobody_can_be_compared_nothing_is_said(model) -> None:
    assert model([Label(1, 1, "a"), Label(2, 2, "b")]) is None
    assert model([Label(1, 1, "a"), Label(1, 2, "a")]) is None


def test_what_was_said_is_kept_as_shares() -> None:
    labels = [Label(1, 1, "a"), Label(1, 2, "a"), Label(1, 3, "b"), Label(1, 4, "tie")]
    assert vote_shares(labels) == {1: {"a": 0.5, "b": 0.25, "tie": 0.25}}


def test_bradley_terry_of_two_is_the_log_of_the_odds() -> None:
    games = [Game(n, "x", "y", 1.0 if n < 300 else 0.0) for n in range(400)]
    first, second = bradley_terry(games, resamples=50)
    assert (first.generator, second.generator) == ("x", "y")
    assert first.value - second.value == pytest.approx(math.log(3), abs=0.01)
    assert first.low < first.value < first.high
    assert first.games == 400


def test_bradley_terry_finds_planted_strengths_with_ties_counted_half() -> None:
    rng, planted_strengths = random.Random(4), {"x": 1.0, "y": 0.0, "z": -1.0}
    games = []
    for item in range(1_500):
        first, second = rng.sample(sorted(planted_strengths), 2)
        chance = 1 / (1 + math.exp(planted_strengths[second] - planted_strengths[first]))
        games.append(Game(item, first, second, float(rng.random() < chance)))
    found = {one.generator: one for one in bradley_terry(games, resamples=100)}
    for name, strength in planted_strengths.items():
        assert found[name].low < strength < found[name].high
    even = bradley_terry([Game(n, "x", "y", 0.5) for n in range(40)], resamples=20)
    assert [one.value for one in even] == pytest.approx([0, 0], abs=1e-9)


def test_a_generator_alone_has_no_strength() -> None:
    assert bradley_terry([Game(1, "x", "x", 1.0)]) == []
    assert bradley_terry([]) == []


def test_generators_that_never_met_through_anybody_are_not_ranked_against_each_other() -> None:
    linked = [Game(n, "x", "y", 0.75) for n in range(20)] + [Game(20 + n, "y", "z", 0.5) for n in range(20)]
    apart = [Game(100 + n, "p", "q", 1.0) for n in range(10)]
    found = bradley_terry(linked + apart, resamples=20)
    assert {one.generator for one in found} == {"x", "y", "z"}
    assert found == bradley_terry(linked, resamples=20)
