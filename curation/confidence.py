"""How sure a classifier may say it is, when it abstains, and what it is worth: read off texts it has not seen.

Django-free. By folds: how sure a fold is and from where on it speaks is chosen on the other folds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Places = NDArray[np.int64]

FOLDS = 5
AIM = 0.9
"""The held-out accuracy that the threshold is chosen for."""
LAST_RESORT = 0.5
THRESHOLDS = tuple(round(step / 20, 2) for step in range(20))
SHARPNESS = (-1.4, 3.5)
"""Logarithms of the least and the most that logits are multiplied by."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Report:
    """Held-out figures over what people labelled: how often right when forced, and when it may abstain."""

    labelled: int
    accuracy: float
    coverage: float
    accuracy_where_sure: float | None
    threshold: float
    calibration_error: float
    curve: tuple[tuple[float, float, float | None], ...]
    """(threshold, coverage, accuracy of what is covered), thresholds rising."""

    def as_data(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "labelled": self.labelled,
            "accuracy": round(self.accuracy, 4),
            "coverage": round(self.coverage, 4),
            "accuracy_where_sure": None
            if self.accuracy_where_sure is None
            else round(self.accuracy_where_sure, 4),
            "threshold": self.threshold,
            "calibration_error": round(self.calibration_error, 4),
            "curve": [list(point) for point in self.curve],
        }


def judge(chances: Floats, wanted: Places, folds: Places) -> tuple[float, Report]:
    """The threshold for the aim over all, and the report in which the others say how sure each fold is and where it abstains.

    `chances` are those of models that did not see the text; they are made as sure as they are right before anything is read off.
    """
    right = chances.argmax(axis=1) == wanted
    sure, covered = np.zeros(len(wanted), dtype=np.float32), np.zeros(len(wanted), dtype=bool)
    for fold in range(FOLDS):
        here = folds == fold
        by = sharpness(chances[~here], wanted[~here])
        sure[here] = sharpened(chances[here], by).max(axis=1)
        others = sharpened(chances[~here], by).max(axis=1)
        covered[here] = sure[here] >= threshold_for(others, right[~here])
    threshold = threshold_for(sharpened(chances, sharpness(chances, wanted)).max(axis=1), right)
    report = Report(
        len(wanted),
        float(right.mean()) if len(right) else 0.0,
        float(covered.mean()) if len(covered) else 0.0,
        float(right[covered].mean()) if covered.any() else None,
        threshold,
        calibration_error(sure, right),
        tuple((at, *_at(sure, right, at)) for at in THRESHOLDS),
    )
    return threshold, report


def sharpness(chances: Floats, wanted: Places) -> float:
    """By what the logits are multiplied so that what was held out is as likely as it can be: temperature scaling (Guo et al. 2017).

    A small penalty for few labels leaves a model far too unsure; this puts it right without moving a decision.
    """
    from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]

    if not len(wanted):
        return 1.0
    own = np.arange(len(wanted))

    def loss(power: float) -> float:
        told = sharpened(chances, float(np.exp(power)))[own, wanted]
        return float(-np.log(np.clip(told, 1e-12, None)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=SHARPNESS, method="bounded").x))


def sharpened(chances: Floats, by: float) -> Floats:
    """Each row to a power, adding up to 1 again: the same as logits multiplied."""
    logits = np.log(np.clip(chances, 1e-12, None)) * by
    logits -= logits.max(axis=1, keepdims=True)
    exps = np.exp(logits)
    told: Floats = (exps / exps.sum(axis=1, keepdims=True)).astype(np.float32)
    return told


def calibration_error(sure: Floats, right: NDArray[np.bool_]) -> float:
    """How far confidence is from the share that is right, on average over bins of equally many."""
    bins = [one for one in np.array_split(np.argsort(sure, kind="stable"), BINS) if len(one)]
    off = sum(len(one) * abs(float(sure[one].mean()) - float(right[one].mean())) for one in bins)
    return off / max(len(sure), 1)


def threshold_for(sure: Floats, right: NDArray[np.bool_]) -> float:
    """The lowest threshold at which what is covered is right as often as aimed at; the last resort where none is."""
    for at in THRESHOLDS:
        coverage, accuracy = _at(sure, right, at)
        if coverage and accuracy is not None and accuracy >= AIM:
            return at
    return LAST_RESORT


def _at(sure: Floats, right: NDArray[np.bool_], threshold: float) -> tuple[float, float | None]:
    covered = sure >= threshold
    if not covered.any():
        return 0.0, None
    return round(float(covered.mean()), 4), round(float(right[covered].mean()), 4)
