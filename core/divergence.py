"""How far two groups of observations lie apart, and whether that is more than chance: permutation of whole clusters.

Observations of one cluster are not independent, so a cluster changes sides as a whole. With `DRAWS` permutations a test
at `ALPHA` raises a false alarm in at most `ALPHA` of cases, and Holm's step keeps that over several tests together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ALPHA = 0.05
DRAWS = 199


@dataclass(frozen=True, slots=True)
class Divergence:
    """A distance, the one that chance exceeds in one case of twenty, and the share of permutations at least as far apart."""

    value: float
    chance: float
    p: float


def jensen_shannon(one: Floats, other: Floats) -> float:
    """Square root of the Jensen-Shannon divergence of two vectors of counts, base 2: 0 alike, 1 without overlap (Lin 1991)."""
    return float(_js(one[None, :], other[None, :])[0])


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """The greatest difference between two empirical distribution functions, 0 to 1."""
    values = np.concatenate([one, other])
    side = np.concatenate([np.ones(len(one)), np.zeros(len(other))])
    return float(_ks(values)(side[None, :])[0])


def wasserstein(one: Sequence[float], other: Sequence[float]) -> float:
    """The mean distance values have to be moved to turn one distribution into the other, in their own unit."""
    first, second = np.sort(np.asarray(one, dtype=float)), np.sort(np.asarray(other, dtype=float))
    every = np.sort(np.concatenate([first, second]))
    below = [np.searchsorted(side, every[:-1], side="right") / len(side) for side in (first, second)]
    return float(np.sum(np.abs(below[0] - below[1]) * np.diff(every)))


def compare_categories(
    values: Sequence[str], sides: Sequence[bool], clusters: Sequence[str], *, seed: int = 0
) -> Divergence:
    """Categories of the rows on side True against those on side False."""
    codes, places = np.unique(np.asarray(values, dtype=str), return_inverse=True)
    shown = np.zeros((len(places), len(codes)))
    shown[np.arange(len(places)), places] = 1
    total = shown.sum(axis=0)

    def distance(side: Floats) -> Floats:
        picked = side @ shown
        return _js(picked, total - picked)

    return _tested(distance, sides, clusters, seed)


def compare_numbers(
    values: Sequence[float], sides: Sequence[bool], clusters: Sequence[str], *, seed: int = 0
) -> Divergence:
    """Numbers of the rows on side True against those on side False, by Kolmogorov-Smirnov."""
    return _tested(_ks(np.asarray(values, dtype=float)), sides, clusters, seed)


def alarms(tests: Sequence[Divergence], alpha: float = ALPHA) -> list[bool]:
    """Which of these tests are more than chance, all of them together at most `alpha` false (Holm 1979)."""
    order = sorted(range(len(tests)), key=lambda place: tests[place].p)
    raised = [False] * len(tests)
    for rank, place in enumerate(order):
        if tests[place].p > alpha / (len(tests) - rank):
            break
        raised[place] = True
    return raised


def _tested(
    distance: Callable[[Floats], Floats], sides: Sequence[bool], clusters: Sequence[str], seed: int
) -> Divergence:
    side = np.asarray(sides, dtype=bool)
    if not side.any() or side.all():
        return Divergence(0.0, 0.0, 1.0)
    _names, cluster = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    # A cluster stands on the side where most of its rows are; permuting clusters keeps how many stand on each.
    leaning = np.bincount(cluster, weights=side) * 2 > np.bincount(cluster)
    observed = float(distance(side[None, :].astype(float))[0])
    random = np.random.default_rng(seed)
    drawn = np.concatenate([
        distance(np.stack([random.permutation(leaning)[cluster] for _ in range(part)]).astype(float))
        for part in _parts(DRAWS, len(side))
    ])  # fmt: skip
    return Divergence(
        observed,
        float(np.quantile(drawn, 1 - ALPHA)),
        float((1 + (drawn >= observed - 1e-12).sum()) / (1 + DRAWS)),
    )


def _parts(draws: int, rows: int) -> list[int]:
    """Permutations at a time, so that a large comparison stays within a few megabytes."""
    size = max(1, 2_000_000 // max(1, rows))
    return [min(size, draws - start) for start in range(0, draws, size)]


def _js(one: Floats, other: Floats) -> Floats:
    p = one / np.maximum(one.sum(axis=1, keepdims=True), 1e-12)
    q = other / np.maximum(other.sum(axis=1, keepdims=True), 1e-12)
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(p > 0, p * np.log2(p / middle), 0.0).sum(axis=1)
        right = np.where(q > 0, q * np.log2(q / middle), 0.0).sum(axis=1)
    apart: Floats = np.sqrt(np.clip((left + right) / 2, 0.0, 1.0))
    return apart


def _ks(values: Floats) -> Callable[[Floats], Floats]:
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    last = np.append(ordered[1:] != ordered[:-1], True)

    def distance(side: Floats) -> Floats:
        picked = side[:, order]
        one = np.cumsum(picked, axis=1) / np.maximum(picked.sum(axis=1, keepdims=True), 1e-12)
        rest = 1 - picked
        other = np.cumsum(rest, axis=1) / np.maximum(rest.sum(axis=1, keepdims=True), 1e-12)
        furthest: Floats = np.abs(one - other)[:, last].max(axis=1)
        return furthest

    return distance
