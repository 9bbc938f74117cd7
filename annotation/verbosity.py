"""How much a longer answer is favoured: one slope of a logistic curve, with an interval that knows votes of one item go together.

log-odds(the first wins) = b * log2(length of the first / length of the second). exp(b) is the factor by which the odds
grow when an answer is twice as long; 1 is no pull at all. No intercept where which response is the first says nothing.
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


def verbosity(votes: Sequence[tuple[Hashable, int, int, bool]], *, level: bool = False) -> Pull | None:
    """From (item, length of the first, length of the second, whether the first won); equal or empty lengths are left out.

    With `level` the first of each vote is always the same side of a comparison (a model), which may win more or less at
    equal length: that is taken out by an intercept. The interval is clustered by item (Liang and Zeger 1986). None where
    it is undefined: too few votes, one item, or length (or the level) alone decides every one of them.
    """
    told = [(item, log2(a / b), won) for item, a, b, won in votes if a > 0 and b > 0 and a != b]
    items = {item: n for n, item in enumerate(dict.fromkeys(item for item, _x, _won in told))}
    if len(told) < LEAST or len(items) < 2:
        return None
    import numpy as np

    x = np.array([x for _item, x, _won in told])
    y = np.array([won for _item, _x, won in told], dtype=float)
    design = np.column_stack([x, np.ones_like(x)] if level else [x])
    slopes = np.zeros(design.shape[1])
    for _step in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ slopes, -50, 50)))
        curvature = (design * (p * (1 - p))[:, None]).T @ design
        if np.linalg.eigvalsh(curvature)[0] < 1e-9 or np.abs(slopes).max() > STEEPEST:
            return None
        moved = np.linalg.solve(curvature, design.T @ (y - p))
        slopes = slopes + moved / max(1.0, float(np.abs(moved).max()))
        if np.abs(moved).max() < 1e-10:
            break
    groups = len(items)
    scores = np.zeros((groups, design.shape[1]))
    np.add.at(scores, [items[item] for item, _x, _won in told], design * (y - p)[:, None])
    bread = np.linalg.inv(curvature)
    error = sqrt(float((bread @ scores.T @ scores @ bread)[0, 0]) * groups / (groups - 1))
    slope = float(slopes[0])
    return Pull(exp(slope), exp(slope - Z95 * error), exp(slope + Z95 * error), len(told), groups)
