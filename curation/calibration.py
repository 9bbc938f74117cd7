"""Monotone calibration of the difficulty score on what really happened: isotonic steps in bins, judged on what was held out.

Django-free. Isotonic regression by pooling adjacent violators (Ayer et al. 1955; Barlow et al. 1972). It is used only where
outcomes follow the score on what was held out; everywhere else the documented weights hold and the reason is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST = 200
LEAST_OF_EACH = 30
HELD_OUT = 0.4
BINS = 10
LEAST_IN_BIN = 20
MEDIUM_LIFT, HARD_LIFT = 1.0, 1.5
"""A level begins where trouble is as likely as on average, or half again as likely."""
LEAST_AUC = 0.55


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """The scores at which medium and hard begin."""

    medium: float
    hard: float


DOCUMENTED = Cutoffs(1.5, 4.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Neighbours on the score: how many, the mean predicted (held out) and the observed share of trouble."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float

    def as_data(self) -> dict[str, float]:
        """JSON form, the points of a reliability plot."""
        return {
            "low": self.low, "high": self.high, "count": self.count,
            "predicted": round(self.predicted, 4), "observed": round(self.observed, 4),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibration:
    """`steps` are (score from, share of trouble), both rising; empty where `why` says what keeps it uncalibrated."""

    outcomes: int
    trouble: int
    steps: tuple[tuple[float, float], ...]
    cutoffs: Cutoffs
    bins: tuple[Bin, ...] = ()
    brier: float | None = None
    brier_of_base_rate: float | None = None
    calibration_error: float | None = None
    auc: float | None = None
    why: str = ""

    @property
    def calibrated(self) -> bool:
        """Whether the levels come from outcomes."""
        return not self.why

    def as_data(self) -> dict[str, Any]:
        """The body of its asset version."""
        return {
            "outcomes": self.outcomes, "trouble": self.trouble, "steps": [list(step) for step in self.steps],
            "medium_from": self.cutoffs.medium, "hard_from": self.cutoffs.hard, "calibrated": self.calibrated,
            "bins": [one.as_data() for one in self.bins], "brier": self.brier,
            "brier_of_base_rate": self.brier_of_base_rate, "calibration_error": self.calibration_error,
            "auc": self.auc, "why": self.why,
        }  # fmt: skip


def calibrate(scores: Sequence[float], trouble: Sequence[bool]) -> Calibration:
    """From scores and whether each ended in trouble. Never raises for too little: it says so."""
    x, y = np.asarray(scores, dtype=float), np.asarray(trouble, dtype=float)
    count, bad = len(x), int(y.sum())
    if count < LEAST or min(bad, count - bad) < LEAST_OF_EACH:
        return Calibration(count, bad, (), DOCUMENTED, why="too_few")
    base, figures = float(y.mean()), _held_out(x, y)
    if figures["auc"] < LEAST_AUC or figures["brier"] >= figures["brier_of_base_rate"]:
        return Calibration(count, bad, (), DOCUMENTED, why="outcomes_do_not_follow", **figures)
    steps = isotonic(x, y)
    cutoffs = cutoffs_of(steps, base)
    if cutoffs.medium == cutoffs.hard == np.inf:
        return Calibration(count, bad, (), DOCUMENTED, why="outcomes_do_not_follow", **figures)
    return Calibration(count, bad, steps, cutoffs, **figures)


def isotonic(scores: Floats, trouble: Floats) -> tuple[tuple[float, float], ...]:
    """(score from, share) steps, scores and shares rising: the best monotone fit in squares, equal scores pooled first."""
    levels, places = np.unique(scores, return_inverse=True)
    counts = np.bincount(places).astype(float)
    means = np.bincount(places, weights=trouble) / counts
    pooled: list[list[float]] = []
    for level, mean, count in zip(levels, means, counts, strict=True):
        pooled.append([float(level), float(mean), float(count)])
        while len(pooled) > 1 and pooled[-2][1] >= pooled[-1][1]:
            start, share, weight = pooled[-2]
            _, last, more = pooled.pop()
            pooled[-1] = [start, (share * weight + last * more) / (weight + more), weight + more]
    return tuple((start, round(share, 6)) for start, share, _ in pooled)


def predict(steps: Sequence[tuple[float, float]], scores: Floats) -> Floats:
    """The share of the step a score lies on; below the first step it is the first's."""
    starts = np.array([start for start, _ in steps])
    shares = np.array([share for _, share in steps])
    found: Floats = shares[np.clip(np.searchsorted(starts, scores, side="right") - 1, 0, None)]
    return found


def cutoffs_of(steps: Sequence[tuple[float, float]], base: float) -> Cutoffs:
    """Where trouble becomes more likely than on average, and half again as likely; infinite where it never does."""
    medium = next((start for start, share in steps if share > base * MEDIUM_LIFT), np.inf)
    hard = next((start for start, share in steps if share >= base * HARD_LIFT), np.inf)
    return Cutoffs(float(medium), float(max(medium, hard)))


def reliability(scores: Floats, predicted: Floats, trouble: Floats) -> tuple[Bin, ...]:
    """At most BINS bins of neighbours on the score, equal scores never parted, each with at least LEAST_IN_BIN."""
    size = max(LEAST_IN_BIN, int(np.ceil(len(scores) / BINS)))
    order = np.argsort(scores, kind="stable")
    bins: list[NDArray[np.int64]] = []
    start = 0
    while start < len(order):
        end = min(start + size, len(order))
        while end < len(order) and scores[order[end]] == scores[order[end - 1]]:
            end += 1
        if len(order) - end < LEAST_IN_BIN:
            end = len(order)
        bins.append(order[start:end])
        start = end
    return tuple(
        Bin(
            float(scores[one].min()),
            float(scores[one].max()),
            len(one),
            float(predicted[one].mean()),
            float(trouble[one].mean()),
        )
        for one in bins
    )


def auc(scores: Floats, trouble: Floats) -> float:
    """The chance that one that ended in trouble scores higher than one that did not; ties count half."""
    from scipy.stats import rankdata  # type: ignore[import-untyped]

    bad = trouble > 0
    ranks = rankdata(scores)
    wins = ranks[bad].sum() - bad.sum() * (bad.sum() + 1) / 2
    return float(wins / (bad.sum() * (~bad).sum()))


def _held_out(scores: Floats, trouble: Floats) -> dict[str, Any]:
    """Figures on the share that is held out, predicted by the steps of the rest.

    Drawn blindly and once: folds that take turns add up to the shares they are judged by, and look better than anything new.
    """
    out = np.random.default_rng(0).permutation(len(scores)) < len(scores) * HELD_OUT
    predicted = predict(isotonic(scores[~out], trouble[~out]), scores[out])
    bins = reliability(scores[out], predicted, trouble[out])
    error = sum(one.count * abs(one.predicted - one.observed) for one in bins) / out.sum()
    return {
        "bins": bins,
        "brier": round(float(((predicted - trouble[out]) ** 2).mean()), 4),
        "brier_of_base_rate": round(float(((trouble[~out].mean() - trouble[out]) ** 2).mean()), 4),
        "calibration_error": round(float(error), 4),
        "auc": round(auc(scores, trouble), 4),
    }
