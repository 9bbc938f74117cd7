"""How much a longer answer is favoured: one slope of a logistic curve, with an interval that knows votes of one item go together.

log-odds(the first wins) = b * log2(length of the first / length of the second). exp(b) is the factor by which the odds
grow when an answer is twice as long; 1 is no pull at all. No intercept: which of two responses is the first says nothing.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import exp, log2, sqrt

from core.intervals import Z95

STEPS = 30
STEEPEST = 20.0
"""A slope beyond this means length decides every single vote: there is no finite one."""
LEAST = 10
"""Fewer votes say nothing about a slope."""


@dataclass(frozen=True, slots=True)
class Pull:
    """Odds factor of an answer twice as long with its 95 % interval, from `n` votes of `items` items."""

    factor: float
    low: float
    high: float
    n: int
    items: int


def verbosity(votes: Sequence[tuple[Hashable, int, int, bool]]) -> Pull | None:
    """From (item, length of the first, length of the second, whether the first won); equal or empty lengths are left out.

    The interval is clustered by item (Liang and Zeger 1986). None where it is undefined: too few votes, one item, or
    length alone decides every one of them.
    """
    told = [(item, log2(a / b), won) for item, a, b, won in votes if a > 0 and b > 0 and a != b]
    items = {item: n for n, item in enumerate(dict.fromkeys(item for item, _x, _won in told))}
    if len(told) < LEAST or len(items) < 2:
        return None
    import numpy as np

    x = np.array([x for _item, x, _won in told])
    y = np.array([won for _item, _x, won in told], dtype=float)
    slope = 0.0
    for _step in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(slope * x, -50, 50)))
        curvature = float((x * x * p * (1 - p)).sum())
        if curvature < 1e-9 or abs(slope) > STEEPEST:
            return None
        moved = float((x * (y - p)).sum()) / curvature
        slope += max(-1.0, min(1.0, moved))
        if abs(moved) < 1e-10:
            break
    scores = np.bincount([items[item] for item, _x, _won in told], weights=x * (y - p))
    groups = len(items)
    error = sqrt(float((scores**2).sum()) * groups / (groups - 1)) / curvature
    low, high = slope - Z95 * error, slope + Z95 * error
    return Pull(exp(slope), exp(low), exp(high), len(told), groups)
