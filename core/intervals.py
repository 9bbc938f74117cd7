"""Intervals around shares and ratios, from counts and from a seeded bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

Z95 = 1.959963984540054
DRAWS = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between `low` and `high` (95 %), from `n` observations; all None of nothing."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def wilson(hits: int, n: int, z: float = Z95, *, effective: float | None = None) -> Estimate:
    """A share with its score interval (Wilson 1927): never outside 0…1, and not empty at 0 or n hits.

    `effective`: how many independent observations the n are worth, where they hang together.
    """
    if n == 0:
        return Estimate(None, None, None, 0)
    share, worth, square = hits / n, n if effective is None else effective, z * z
    centre = (share + square / (2 * worth)) / (1 + square / worth)
    half = z / (1 + square / worth) * sqrt(share * (1 - share) / worth + square / (4 * worth * worth))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), n)


def bootstrap_ratio(
    parts: Sequence[float], wholes: Sequence[float], *, scale: float = 1.0, draws: int = DRAWS, seed: int = 0
) -> Estimate:
    """sum(parts) / sum(wholes) × scale with the percentile interval over resampled units (Efron 1979), drawn by the seed."""
    part, whole = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    n = len(part)
    if n == 0 or not whole.sum():
        return Estimate(None, None, None, n)
    value = float(part.sum() / whole.sum() * scale)
    if n == 1:
        return Estimate(value, None, None, 1)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws).astype(float)
    below = counts @ whole
    ratios = (counts @ part)[below > 0] / below[below > 0] * scale
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Estimate(value, float(low), float(high), n)
