"""Bias as it touches each model (generator): what a side and a length do to how often its answers win."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from core.intervals import Estimate

from .clustered import ClusteredShare, clustered_share, difference
from .verbosity import Pull, verbosity


@dataclass(frozen=True, slots=True)
class Contest:
    """One decided vote seen from one of its two answers; lengths in characters, `left` None where no side was drawn."""

    model: str
    left: bool | None
    own: int
    other: int
    won: bool
    item: Hashable


@dataclass(frozen=True, slots=True)
class ModelBias:
    """Win share of a model, and how much larger it is on the left, and when its answer is the longer one (−1…1).

    Intervals are over items: votes on one pair go together.
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
    return [_row(model, own) for model, own in sorted(by_model.items())]


def _row(model: str, own: list[Contest]) -> ModelBias:
    wins = _wins(own)
    assert wins is not None
    return ModelBias(
        model,
        wins.interval(),
        difference(
            _wins(one for one in own if one.left is True), _wins(one for one in own if one.left is False)
        ),
        difference(
            _wins(one for one in own if one.own > one.other), _wins(one for one in own if one.own < one.other)
        ),
        verbosity([(one.item, one.own, one.other, one.won) for one in own], level=True),
    )


def _wins(contests: Iterable[Contest]) -> ClusteredShare | None:
    return clustered_share((one.item, one.won) for one in contests)
