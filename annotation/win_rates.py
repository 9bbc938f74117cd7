"""How often each model is preferred, over pairs: one pair counts once, however many people judged it. Django-free."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.intervals import Estimate, bootstrap_ratio


@dataclass(frozen=True, slots=True)
class Compared:
    """One pair of two generators: the share of its votes for the first, a tie being half of one."""

    first: str
    second: str
    share: float


@dataclass(frozen=True, slots=True)
class WinRate:
    """Mean share of a model over its pairs; `automatic` of them are ties nobody was asked about, each half a win."""

    model: str
    rate: Estimate
    automatic: int


def win_rates(judged: Iterable[Compared], ties: Mapping[tuple[str, str], int]) -> list[WinRate]:
    """One row per model, by name, with the interval over resampled pairs; a model against itself says nothing."""
    shares: dict[str, list[float]] = defaultdict(list)
    automatic: dict[str, int] = defaultdict(int)
    for one in judged:
        if one.first != one.second:
            shares[one.first].append(one.share)
            shares[one.second].append(1 - one.share)
    for pair, number in ties.items():
        if pair[0] == pair[1] or not all(pair):
            continue
        for model in pair:
            shares[model] += [0.5] * number
            automatic[model] += number
    return [
        WinRate(model, bootstrap_ratio(own, [1.0] * len(own)), automatic[model])
        for model, own in sorted(shares.items())
    ]
