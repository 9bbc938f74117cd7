"""A domain classifier that learns from corrections: logistic regression over sentence vectors and hashed TF-IDF words.

Django-free; NumPy and SciPy only. It abstains below a threshold, and its report is made on texts it has not seen (`confidence.py`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from curation.confidence import FOLDS, Report, judge, sharpness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Places = NDArray[np.int64]

HASHED = 1024
WORDS_WEIGHT = 1.0
"""Words beside meaning: they tell apart what is said in one breath ("cancel the flight" in two services). At half the
weight words alone do better where a domain has 80 labels (`./dev bench strata`)."""
EARLIER_WEIGHT = 0.5
REGULARISATION = 1e-3
ITERATIONS = 80
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights of shape (classes, features + 1); several classes may carry one name after a merge, their chances add up."""

    names: tuple[str, ...]
    weights: Floats
    idf: Floats
    threshold: float

    def label(self, vectors: Floats, texts: Sequence[str], other: str) -> list[tuple[str, float]]:
        """(domain, its probability) per text; `other` below the threshold."""
        names, chances = by_name(self.names, probabilities(self.weights, features(vectors, texts, self.idf)))
        best = chances.argmax(axis=1)
        return [
            (names[at] if row[at] >= self.threshold else other, round(float(row[at]), 4))
            for at, row in zip(best.tolist(), chances, strict=True)
        ]

    def renamed(self, names: Mapping[str, str]) -> Classifier:
        """The same under other names; two that get one name are one from then on."""
        return Classifier(
            tuple(names.get(name, name) for name in self.names), self.weights, self.idf, self.threshold
        )

    def as_data(self) -> dict[str, Any]:
        """JSON form, about 2.9 KB per class."""
        return {
            "names": list(self.names),
            "weights": _packed(self.weights),
            "idf": _packed(self.idf),
            "threshold": self.threshold,
            "words_weight": WORDS_WEIGHT,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Classifier:
        """Inverse of `as_data`; what was learned with words at another weight decides as it did."""
        names = tuple(data["names"])
        weights = _unpacked(data["weights"]).reshape(len(names), -1).copy()
        weights[:, -1 - HASHED : -1] *= data.get("words_weight", EARLIER_WEIGHT) / WORDS_WEIGHT
        return cls(names, weights, _unpacked(data["idf"]), data["threshold"])


@dataclass(frozen=True, slots=True)
class Lessons:
    """What to learn from: unit vectors, texts, a class for each, its weight, and which of them people labelled."""

    vectors: Floats
    texts: Sequence[str]
    labels: Sequence[str]
    weights: Floats
    by_people: NDArray[np.bool_]


def learn(lessons: Lessons, *, seed: int = 1) -> tuple[Classifier, Report]:
    """The classifier of all lessons and the report of what folds that were held out say about it.

    Needs at least two classes; raises ValueError otherwise.
    """
    names = tuple(sorted(set(lessons.labels)))
    if len(names) < 2:
        raise ValueError("a classifier tells at least two classes apart")
    idf = idf_of(lessons.texts)
    given = features(lessons.vectors, lessons.texts, idf)
    wanted = np.array([names.index(label) for label in lessons.labels])
    folds = _folds(len(wanted), seed)
    chances = np.zeros((len(wanted), len(names)), dtype=np.float32)
    for fold in range(FOLDS):
        out = (folds == fold) & lessons.by_people
        if out.any():
            kept = folds != fold
            fitted = fit(given[kept], wanted[kept], lessons.weights[kept], len(names))
            chances[out] = probabilities(fitted, given[out])
    seen = lessons.by_people
    threshold, report = judge(chances[seen], wanted[seen], folds[seen])
    weights = sharpness(chances[seen], wanted[seen]) * fit(given, wanted, lessons.weights, len(names))
    return Classifier(names, weights, idf, threshold), report


def fit(given: Floats, wanted: Places, weights: Floats, classes: int) -> Floats:
    """Multinomial logistic regression by L-BFGS with an L2 penalty; (classes, features + 1), the last column the offsets."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    ones = np.hstack([given, np.ones((len(given), 1), dtype=np.float32)]).astype(np.float64)
    target = np.eye(classes)[wanted]
    scale = weights.astype(np.float64) / weights.sum()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        shape = flat.reshape(classes, -1)
        scores = ones @ shape.T
        scores -= scores.max(axis=1, keepdims=True)
        exps = np.exp(scores)
        chances = exps / exps.sum(axis=1, keepdims=True)
        penalty = shape.copy()
        penalty[:, -1] = 0
        value = -(scale * np.log(np.clip((chances * target).sum(axis=1), 1e-12, None))).sum()
        slope = ((chances - target) * scale[:, None]).T @ ones + REGULARISATION * penalty
        return float(value + REGULARISATION / 2 * (penalty**2).sum()), slope.ravel()

    start = np.zeros(classes * ones.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
    fitted: Floats = found.x.reshape(classes, -1).astype(np.float32)
    return fitted


def probabilities(weights: Floats, given: Floats) -> Floats:
    """(texts, classes), rows add up to 1."""
    scores = given @ weights[:, :-1].T + weights[:, -1]
    scores -= scores.max(axis=1, keepdims=True)
    exps = np.exp(scores)
    chances: Floats = (exps / exps.sum(axis=1, keepdims=True)).astype(np.float32)
    return chances


def by_name(names: Sequence[str], chances: Floats) -> tuple[list[str], Floats]:
    """Columns of one name added up."""
    distinct = sorted(set(names))
    if len(distinct) == len(names):
        return list(names), chances
    place = {name: at for at, name in enumerate(distinct)}
    added = np.zeros((len(chances), len(distinct)), dtype=np.float32)
    for at, name in enumerate(names):
        added[:, place[name]] += chances[:, at]
    return distinct, added


def features(vectors: Floats, texts: Sequence[str], idf: Floats) -> Floats:
    """Sentence vectors beside weighted unit rows of hashed words, shape (texts, dimensions + HASHED)."""
    words = _counts(texts) * idf
    lengths = np.linalg.norm(words, axis=1, keepdims=True)
    unit = words / np.where(lengths > 0, lengths, 1)
    return np.hstack([vectors, WORDS_WEIGHT * unit]).astype(np.float32)


def idf_of(texts: Sequence[str]) -> Floats:
    """Inverse document frequency per hashed word, smoothed."""
    within = (_counts(texts) > 0).sum(axis=0)
    idf: Floats = (np.log((1 + len(texts)) / (1 + within)) + 1).astype(np.float32)
    return idf


def _counts(texts: Sequence[str]) -> Floats:
    counts = np.zeros((len(texts), HASHED), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in _WORD.findall(text.casefold()):
            counts[row, crc32(word.encode("utf-8", "surrogatepass")) % HASHED] += 1
    return np.log1p(counts)


def _folds(count: int, seed: int) -> Places:
    folds = np.arange(count) % FOLDS
    np.random.default_rng(seed).shuffle(folds)
    return folds


def _packed(values: Floats) -> str:
    return base64.b64encode(values.astype("<f2").tobytes()).decode()


def _unpacked(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float32)
