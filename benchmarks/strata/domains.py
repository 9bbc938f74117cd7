"""The domain learner at 5, 20 and 80 labels a domain, judged on dialogues it has not seen, beside what is commonly done.

Peers: logistic regression over TF-IDF words (scikit-learn), the nearest mean of MiniLM vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.contract import Row
from benchmarks.strata.traffic import Dialogue, dialogues
from curation.confidence import calibration_error
from curation.meaning import VIEW_TOKENS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Places = NDArray[np.int64]

SOURCES = {"SGD, 13 domains": "traces-sgd", "production, 11 domains": "traces-permissive"}
LABELS = (5, 20, 80)
EACH = 170
SEED = 11
DRAWS = 3
"""Halves and labels are drawn so many times, and shares are means: two dialogues more or less decide nothing."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Texts with their vectors and true domains, in halves: labels are drawn from the one, all of the other is judged."""

    texts: Sequence[str]
    vectors: Floats
    domains: Sequence[str]
    first: Places
    second: Places

    def labelled(self, count: int) -> Places:
        """The first `count` of every domain in the first half."""
        seen: dict[str, int] = {}
        chosen = []
        for place in self.first.tolist():
            seen[self.domains[place]] = seen.get(self.domains[place], 0) + 1
            if seen[self.domains[place]] <= count:
                chosen.append(place)
        return np.array(chosen)


def rows(*, quick: bool) -> Iterator[Row]:
    """Both sources at every number of labels."""
    for label, name in SOURCES.items():
        found = dialogues(name, each=60 if quick else EACH, seed=SEED)
        grounds = _grounds(found, [one.topic for one in found])
        for count in LABELS:
            yield from _compared(label, grounds, count, quick)
        last = _grounds(found, [one.said[-1] for one in found])[0]
        yield Row(
            f"{label}, by the last turn alone, 80 labels: right",
            _learned(last, last.labelled(80))[0],
            f"of {len(last.second)}",
        )


def _grounds(found: Sequence[Dialogue], texts: Sequence[str]) -> list[Ground]:
    from core import embedding

    vectors = embedding.encode(texts, max_tokens=VIEW_TOKENS)
    return [_halves(found, texts, vectors, SEED + draw) for draw in range(DRAWS)]


def _halves(found: Sequence[Dialogue], texts: Sequence[str], vectors: Floats, seed: int) -> Ground:
    order = np.random.default_rng(seed).permutation(len(found))
    half = dict.fromkeys({one.domain for one in found}, 0)
    first: list[int] = []
    second: list[int] = []
    for place in order.tolist():
        half[found[place].domain] += 1
        (first if half[found[place].domain] % 2 else second).append(place)
    return Ground(texts, vectors, [one.domain for one in found], np.array(first), np.array(second))


def _compared(label: str, grounds: Sequence[Ground], count: int, quick: bool) -> Iterator[Row]:
    drawn = [(ground, ground.labelled(count)) for ground in grounds]
    right, covered, where_sure, off = np.mean([_learned(*one) for one in drawn], axis=0).tolist()
    peers = {
        "TF-IDF, logistic regression": float(np.mean([_tfidf(*one) for one in drawn])),
        "nearest mean of MiniLM": float(np.mean([_nearest(*one) for one in drawn])),
    }
    what, unit = f"{label}, {count} labels each", f"of {len(grounds[0].second)}"
    yield Row(f"{what}: right", right, unit)
    for name, value in peers.items():
        yield Row(f"{what}: {name}", value, unit)
    yield Row(
        f"{what}: right, less the better peer", right - max(peers.values()), "", "" if quick else ">= 0"
    )
    yield Row(f"{what}: says something", covered, unit)
    yield Row(
        f"{what}: right when it says something", where_sure, "", "" if quick or count < 20 else ">= 0.87"
    )
    yield Row(f"{what}: calibration error", off, "", "" if quick or count < 20 else "<= 0.05")


def _learned(ground: Ground, chosen: Places) -> tuple[float, float, float, float]:
    """Right when forced, share spoken of, right where it speaks, calibration error; all on the second half."""
    from curation.classifier import Lessons, by_name, features, learn, probabilities

    texts = [ground.texts[place] for place in chosen]
    lessons = Lessons(ground.vectors[chosen], texts, [ground.domains[place] for place in chosen],
                      np.ones(len(chosen), dtype=np.float32), np.ones(len(chosen), dtype=bool))  # fmt: skip
    classifier, _report = learn(lessons)
    held = [ground.texts[place] for place in ground.second]
    given = features(ground.vectors[ground.second], held, classifier.idf)
    names, chances = by_name(classifier.names, probabilities(classifier.weights, given))
    truth = np.array([names.index(ground.domains[place]) for place in ground.second])
    right, sure = chances.argmax(axis=1) == truth, chances.max(axis=1)
    spoken = sure >= classifier.threshold
    where = float(right[spoken].mean()) if spoken.any() else 0.0
    return float(right.mean()), float(spoken.mean()), where, calibration_error(sure, right)


def _tfidf(ground: Ground, chosen: Places) -> float:
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    words = TfidfVectorizer(sublinear_tf=True)
    given: Any = words.fit_transform([ground.texts[place] for place in chosen])
    model = LogisticRegression(C=10, max_iter=300).fit(given, [ground.domains[place] for place in chosen])
    return _share(
        model.predict(words.transform([ground.texts[place] for place in ground.second])).tolist(), ground
    )


def _nearest(ground: Ground, chosen: Places) -> float:
    names = sorted({ground.domains[place] for place in chosen})
    own = np.array([names.index(ground.domains[place]) for place in chosen])
    means = np.stack([ground.vectors[chosen[own == at]].mean(axis=0) for at in range(len(names))])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    nearest = (ground.vectors[ground.second] @ means.T).argmax(axis=1)
    return _share([names[at] for at in nearest.tolist()], ground)


def _share(told: Sequence[str], ground: Ground) -> float:
    truth = [ground.domains[place] for place in ground.second]
    return float(np.mean([one == other for one, other in zip(told, truth, strict=True)]))
