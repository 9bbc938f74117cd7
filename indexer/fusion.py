"""One ranking out of two: scores with a fixed floor, scaled by the best, convexly combined (Bruch et al. 2023).

Equal-weight reciprocal rank fusion, the usual default, measured worse than the better single
ranking on both corpora tried; the weight here is a setting of each index build.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEXICAL_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Fused:
    """Parts are raw (BM25, cosine); `score` lies in 0..1. A missing ranking leaves None."""

    id: int
    score: float
    lexical: float | None
    dense: float | None


def _unit(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores as shares of the best one; a floor of zero keeps them independent of who else is a candidate."""
    best = max(scores.values(), default=0.0)
    return {i: max(0.0, score) / best for i, score in scores.items()} if best > 0 else {}


def fuse(
    lexical: Mapping[int, float] | None, dense: Mapping[int, float] | None, weight: float = LEXICAL_WEIGHT
) -> list[Fused]:
    """Rank all ids, best first, ties by id; a ranking that is missing or says nothing leaves it to the other."""
    left, right = _unit(lexical or {}), _unit(dense or {})
    share = weight if left and right else float(bool(left))
    fused = [
        Fused(
            id=i,
            score=share * left.get(i, 0.0) + (1 - share) * right.get(i, 0.0),
            lexical=lexical.get(i) if lexical else None,
            dense=dense.get(i) if dense else None,
        )
        for i in left.keys() | right.keys()
    ]
    return sorted(fused, key=lambda found: (-found.score, found.id))
