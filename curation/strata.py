"""Domains found in the data: spherical k-means over the vectors of short views, named by their words, with abstention."""

from __future__ import annotations

import base64
import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from curation.classifier import Classifier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

OTHER = "other"
UNASSIGNED = "unassigned"
FIT_SAMPLE = 8000
MOST_DOMAINS = 14
ROUNDS = 25
MARGIN = 0.02
FLOOR = 0.15
PHRASE_SIMILARITY = 0.42
PHRASE_MARGIN = 0.04
PHRASE_SUPPORT = 0.5
PHRASE_BONUS = 1.6
"""Two words side by side occur more rarely than either of them."""
_WORD = re.compile(r"[a-z][a-z]{2,}")
_COMMON = (
    "the and for are was were that this with from have has had how what which when where who why can could you your not but"
    " all any into use using used out its about will would there their them then than does did please want need give make me"
    " get one two following each given write name find many much more our she her his him they explain tell create should been"
    " also let know some like user help between example"
)
_IGNORED = frozenset(_COMMON.split())


@dataclass(frozen=True)
class Taxonomy:
    """Named centroids; several may carry one name. `vectors` is float32 of shape (n, dimensions), unit rows."""

    names: tuple[str, ...]
    vectors: Vectors
    model: str
    margin: float = MARGIN
    floor: float = FLOOR
    classifier: Classifier | None = None

    @property
    def domains(self) -> list[str]:
        """The names a text may get, each once."""
        learned = self.classifier.names if self.classifier else ()
        return sorted({*self.names, *learned} - {OTHER})

    def label(self, vectors: Vectors, texts: Sequence[str]) -> list[tuple[str, float]]:
        """(domain, confidence) per text: by what was learned from corrections where that is in force, else by the centroids."""
        if self.classifier is not None:
            return self.classifier.label(vectors, texts, OTHER)
        return self.assign(vectors)

    def renamed(self, names: Mapping[str, str]) -> Taxonomy:
        """The same centroids and classes under other names; two that get one name are one domain from then on."""
        learned = self.classifier.renamed(names) if self.classifier else None
        return replace(self, names=tuple(names.get(name, name) for name in self.names), classifier=learned)

    def with_domain(self, name: str, vectors: Vectors) -> Taxonomy:
        """One domain more, at these unit vectors. What was learned knows nothing of it, so the centroids hold again."""
        return replace(
            self,
            names=(*self.names, *[name] * len(vectors)),
            vectors=np.vstack([self.vectors, vectors]).astype(np.float32),
            classifier=None,
        )

    def without(self, name: str) -> Taxonomy:
        """One domain less: what lay in it is nearest to something else, or `other`."""
        kept = [at for at, one in enumerate(self.names) if one != name]
        learned = self.classifier.renamed({name: OTHER}) if self.classifier else None
        return replace(
            self, names=tuple(self.names[at] for at in kept), vectors=self.vectors[kept], classifier=learned
        )

    def as_data(self) -> dict[str, Any]:
        """The body of the taxonomy's asset version."""
        packed = base64.b64encode(self.vectors.astype("<f2").tobytes()).decode()
        learned = {"classifier": self.classifier.as_data()} if self.classifier else {}
        return {
            **learned,
            "names": list(self.names), "model": self.model, "margin": self.margin, "floor": self.floor,
            "dimensions": int(self.vectors.shape[1]), "vectors": packed,
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Taxonomy:
        """Inverse of `as_data`."""
        flat = np.frombuffer(base64.b64decode(data["vectors"]), dtype="<f2").astype(np.float32)
        vectors = flat.reshape(-1, data["dimensions"])
        learned = Classifier.from_data(data["classifier"]) if data.get("classifier") else None
        return cls(tuple(data["names"]), vectors, data["model"], data["margin"], data["floor"], learned)

    def nearest(self, vectors: Vectors) -> list[str]:
        """The name of the nearest centroid per row, however far and however close to call."""
        return [self.names[best] for best in (vectors @ self.vectors.T).argmax(axis=1).tolist()]

    def assign(self, vectors: Vectors) -> list[tuple[str, float]]:
        """(domain, cosine to its centroid) per row; `other` when nothing is near or two names are too close to call."""
        similar = vectors @ self.vectors.T
        made: list[tuple[str, float]] = []
        for row in similar:
            best = int(row.argmax())
            rivals = [
                float(value) for name, value in zip(self.names, row, strict=True) if name != self.names[best]
            ]
            sure = row[best] >= self.floor and row[best] - max(rivals, default=-1.0) >= self.margin
            made.append((self.names[best] if sure else OTHER, round(float(row[best]), 4)))
        return made


def domain_count(texts: int) -> int:
    """How many centroids to look for: grows slowly with the data."""
    return max(2, min(MOST_DOMAINS, round(math.sqrt(texts / 12))))


def centroids(vectors: Vectors, count: int, *, seed: int = 1) -> tuple[Vectors, NDArray[np.int64]]:
    """Spherical k-means with k-means++ starts on at most FIT_SAMPLE rows; (unit centroids, nearest centroid per row)."""
    random = np.random.default_rng(seed)
    sample = vectors
    if len(vectors) > FIT_SAMPLE:
        sample = vectors[np.sort(random.choice(len(vectors), FIT_SAMPLE, replace=False))]
    centres = _starts(sample, count, random)
    for _ in range(ROUNDS):
        nearest = (sample @ centres.T).argmax(axis=1)
        moved = np.stack([_mean(sample[nearest == one], centres[one]) for one in range(len(centres))])
        settled = np.allclose(moved, centres, atol=1e-4)
        centres = moved
        if settled:
            break
    return centres, (vectors @ centres.T).argmax(axis=1)


def _starts(vectors: Vectors, count: int, random: np.random.Generator) -> Vectors:
    chosen = [int(random.integers(len(vectors)))]
    distance = 1 - vectors @ vectors[chosen[0]]
    while len(chosen) < min(count, len(vectors)):
        weights = np.clip(distance, 0, None) ** 2
        if weights.sum() <= 0:
            break
        chosen.append(int(random.choice(len(vectors), p=weights / weights.sum())))
        distance = np.minimum(distance, 1 - vectors @ vectors[chosen[-1]])
    return vectors[chosen].astype(np.float32)


def _mean(rows: Vectors, fallback: Vectors) -> Vectors:
    if not len(rows):
        return fallback
    total = rows.sum(axis=0)
    mean: Vectors = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float32)
    return mean


def telling_words(
    texts: Sequence[str], nearest: NDArray[np.int64], count: int, *, words: int = 2
) -> list[list[str]]:
    """Per centroid the words and two-word phrases most its own: class-based TF-IDF over the share of its texts that hold one.

    A phrase says more than a word, so it wins where it is nearly as telling; a word within a chosen phrase is not said twice.
    """
    within = [Counter[str]() for _ in range(count)]
    sizes = Counter(nearest.tolist())
    for text, one in zip(texts, nearest.tolist(), strict=True):
        within[one].update(_terms(text))
    total = Counter[str]()
    for own in within:
        total.update(own)
    return [_most_telling(own, sizes[one], total, words) for one, own in enumerate(within)]


def _terms(text: str) -> set[str]:
    """The words of a text that say something, and the pairs of them that stand side by side."""
    found = [(word.group(), word.start(), word.end()) for word in _WORD.finditer(text.lower())]
    said = [one for one in found if one[0] not in _IGNORED]
    pairs = {
        f"{one} {other}"
        for (one, _, end), (other, start, _) in itertools.pairwise(said)
        if start - end == 1 and one != other
    }
    return {word for word, _, _ in said} | pairs


def _most_telling(own: Counter[str], size: int, total: Counter[str], words: int) -> list[str]:
    scores = {
        term: seen / size * seen / total[term] * (PHRASE_BONUS if " " in term else 1)
        for term, seen in own.items()
        if seen > 1
    }
    chosen: list[str] = []
    for term in sorted(scores, key=lambda term: (-scores[term], term)):
        if not any(
            _stem(word) in {_stem(said) for said in " ".join(chosen).split()} for word in term.split()
        ):
            chosen.append(term)
        if len(chosen) == words:
            break
    return chosen


def _stem(word: str) -> str:
    """Enough to see that "word" and "words" say the same."""
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _named_by(words: Sequence[str]) -> str:
    """A phrase stands alone, two words stand side by side."""
    if not words:
        return OTHER
    return words[0] if " " in words[0] or len(words) == 1 else f"{words[0]}, {words[1]}"


def name_centroids(
    centres: Vectors,
    words: Sequence[Sequence[str]],
    phrases: Mapping[str, Sequence[str]],
    vectors: Mapping[str, Vectors],
    members: Sequence[Vectors],
) -> list[str]:
    """A taxonomy name where a phrase is clearly nearest, to the centroid and to most of its texts; else its own telling words.

    The mean of mixed texts is near to phrases that none of them is near to: bookings of all kinds to "find a dentist appointment".
    """
    names: list[str] = []
    for centre, own, texts in zip(centres, words, members, strict=True):
        ranked = sorted(((float((vectors[name] @ centre).max()), name) for name in phrases), reverse=True)
        near = ranked and ranked[0][0] >= PHRASE_SIMILARITY
        clear = len(ranked) < 2 or (near and ranked[0][0] - ranked[1][0] >= PHRASE_MARGIN)
        names.append(
            ranked[0][1] if near and clear and _most_are(ranked[0][1], texts, vectors) else _named_by(own)
        )
    return names


def _most_are(name: str, texts: Vectors, vectors: Mapping[str, Vectors]) -> bool:
    """Whether this name is the nearest for at least half of these texts."""
    others = np.stack([(texts @ one.T).max(axis=1) for one in vectors.values()]).max(axis=0)
    own = (texts @ vectors[name].T).max(axis=1)
    return bool(len(texts)) and float((own >= others).mean()) >= PHRASE_SUPPORT
