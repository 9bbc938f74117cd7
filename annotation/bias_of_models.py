"""Bias as it touches each model (generator): what a side and a length do to how often its answers win."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import sqrt

from core.intervals import Estimate, wilson

from .verbosity import Pull, verbosity


@dataclass(frozen=True, slots=True)
class Contest:
    """One decided vote seen from one of its two answers; lengths in characters, `left` None where no side was drawn."""

    model: str
    left: bool | None
    own: int
    other: int
    won: bool
    item: Hashable = None


@dataclass(frozen=True, slots=True)
class ModelBias:
    """Win share of a model, and how much larger it is on the left, and when its answer is the longer one (−1…1).

    `verbosity`: the factor on its odds of winning when its answer is twice as long, at the level it wins at anyway.
    """

    model: str
    wins: Estimate
    left: Estimate
    longer: Estimate
    verbosity: Pull | None


def bias_of_models(contests: Iterable[Contest]) -> list[ModelBias]:
    """One row per model, by name; answers of one model against itself say nothing about it and are the caller's to leave out."""
    by_model: dict[str, list[Contest]] = defaultdict(list)
    for contest in contests:
        by_model[contest.model].append(contest)
    return [
        ModelBias(
            model,
            wilson(sum(one.won for one in own), len(own)),
            difference(
                [one.won for one in own if one.left is True], [one.won for one in own if one.left is False]
            ),
            difference(
                [one.won for one in own if one.own > one.other],
                [one.won for one in own if one.own < one.other],
            ),
            verbosity([(one.item, one.own, one.other, one.won) for one in own], level=True),
        )
        for model, own in sorted(by_model.items())
    ]


def difference(first: list[bool], second: list[bool]) -> Estimate:
    """Share of the first minus share of the second, with Newcombe's hybrid score interval (1998, method 10)."""
    a, b = wilson(sum(first), len(first)), wilson(sum(second), len(second))
    n = len(first) + len(second)
    known = [float(v) for v in (a.value, a.low, a.high, b.value, b.low, b.high) if v is not None]
    if len(known) < 6:
        return Estimate(None, None, None, n)
    p, p_low, p_high, q, q_low, q_high = known
    below = sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    above = sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return Estimate(p - q, p - q - below, p - q + above, n)
