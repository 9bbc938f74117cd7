"""Which pairs come first: where judges are least sure and a stratum has too few judgments, beside a random floor.

Pure arithmetic. Randomly floored items keep a priority drawn from 0..1, whatever they look like; all others get their
quantile (0..1) by score. Any beginning of the queue so holds both in their shares, and estimates from the floor alone
are unbiased.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cell:
    """Votes so far on pairs of the same two sources in the same stratum."""

    first: int = 0
    second: int = 0

    @property
    def uncertainty(self) -> float:
        """1 where the sides draw level or nothing is known, towards 0 the clearer one side wins (Laplace's rule)."""
        share = (self.first + 1) / (self.first + self.second + 2)
        return 1.0 - abs(2.0 * share - 1.0)


def deficit(votes: Mapping[str, int], items: Mapping[str, int]) -> dict[str, float]:
    """How far each stratum lies behind its share of the judgments, 0..1: 1 without any, 0 at its share or above."""
    all_votes, all_items = sum(votes.values()), sum(items.values())
    if not all_votes:
        return dict.fromkeys(items, 1.0)
    wanted = {stratum: all_votes * number / all_items for stratum, number in items.items()}
    return {
        stratum: max(0.0, 1.0 - votes.get(stratum, 0) / want) if want else 0.0
        for stratum, want in wanted.items()
    }


def priorities(scores: Mapping[K, float]) -> dict[K, float]:
    """Quantiles of the scores, the highest nearest to 1; equal scores share their middle."""
    ranked = sorted(scores.values())
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for place, score in enumerate(ranked):
        first.setdefault(score, place)
        last[score] = place
    return {key: (first[score] + last[score] + 1) / (2 * len(ranked)) for key, score in scores.items()}
