"""Learning the weights: a sum of hashed features per tile, a window of tiles, one hidden layer; Adam, from a seed, in numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]

from core.privacy.tagger.features import COMMON, FEATURE_ROWS, KNOWN, feature_rows
from core.privacy.tagger.model import Floats, Model
from core.privacy.tagger.tagging import REACH
from core.privacy.tagger.tokens import tiles
from core.privacy.tagger.training.filling import Text

LABELS = ("", "person", "address")
_SPAN = 2 * REACH + 1


@dataclass(frozen=True, slots=True)
class Settings:
    """The knobs of one training; two runs with equal ones make the same bytes.

    `forget` is how often a name loses what the lists say of it, `overlook` how often a tile is not seen at all.
    """

    seed: int = 1
    width: int = 24
    hidden: int = 64
    epochs: int = 4
    batch: int = 6000
    rate: float = 0.003
    forget: float = 0.22
    overlook: float = 0.05


@dataclass(slots=True)
class Tiled:
    """Texts as one row of tile numbers (0 between texts) with a label each, and where each text starts and ends."""

    ids: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    bounds: list[tuple[int, int]]


class Vocabulary:
    """Tiles of the corpus and their features, once as they are and once without what the lists know."""

    def __init__(self, lexicon: Mapping[str, int]) -> None:
        self.lexicon = lexicon
        self.numbers: dict[str, int] = {"": 0}
        self.forgettable: list[bool] = [False]

    def number(self, tile: str) -> int:
        """The number of a tile, a new one if it is new."""
        known = self.numbers.get(tile)
        if known is None:
            known = self.numbers[tile] = len(self.numbers)
            word = tile.strip(" \t").lower()
            self.forgettable.append(word.isalpha() and not self.lexicon.get(word, 0) & (KNOWN | COMMON))
        return known

    def features(self) -> sparse.csr_matrix:
        """(2 * tiles, FEATURE_ROWS): the second half is what remains when a word is in no list and was never seen."""
        rows = [feature_rows(tile, self.lexicon) for tile in self.numbers]
        bare = [feature_rows(tile, {}) for tile in self.numbers]
        full = _indicator([row if at else () for at, row in enumerate(rows)])
        forgotten = _indicator([row[1:] if at else () for at, row in enumerate(bare)])
        return sparse.vstack([full, forgotten]).tocsr()


def _indicator(rows: Sequence[tuple[int, ...]]) -> sparse.csr_matrix:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.array([column for row in rows for column in row], np.int64)
    return sparse.csr_matrix(
        (np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), FEATURE_ROWS)
    )


def tiled(texts: Sequence[Text], vocabulary: Vocabulary) -> Tiled:
    """Number the tiles of labelled texts."""
    ids: list[int] = [0] * REACH
    labels: list[int] = [0] * REACH
    bounds = []
    for text in texts:
        start = len(ids)
        at, truth = 0, iter([*text.truth, (1 << 60, 1 << 60, "")])
        low, high, kind = next(truth)
        for tile in tiles(text.text):
            at += len(tile)
            while at > high:
                low, high, kind = next(truth)
            inside = tile != "" and at > low
            ids.append(vocabulary.number(tile))
            labels.append(LABELS.index(kind) if inside else 0)
        bounds.append((start, len(ids)))
        ids += [0] * REACH
        labels += [0] * REACH
    return Tiled(np.array(ids), np.array(labels), bounds)


class Network:
    """The weights while they are learned."""

    def __init__(self, settings: Settings, source: np.random.Generator) -> None:
        inputs = settings.width * _SPAN
        self.weights: dict[str, Floats] = {
            "table": source.normal(0, 0.1, (FEATURE_ROWS, settings.width)).astype(np.float32),
            "hidden": source.normal(0, (2 / inputs) ** 0.5, (inputs, settings.hidden)).astype(np.float32),
            "hidden_bias": np.zeros(settings.hidden, np.float32),
            "out": source.normal(0, 0.1, (settings.hidden, len(LABELS))).astype(np.float32),
            "out_bias": np.zeros(len(LABELS), np.float32),
        }
        self.first = {name: np.zeros_like(value) for name, value in self.weights.items()}
        self.second = {name: np.zeros_like(value) for name, value in self.weights.items()}
        self.steps = 0

    def step(
        self, features: Any, windows: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], rate: float
    ) -> float:
        """One step on (texts' tiles, 2 * REACH + 1) windows; returns the mean cross-entropy."""
        w = self.weights
        unique, where = np.unique(windows, return_inverse=True)
        chosen = features[unique]
        vectors = chosen @ w["table"]
        inputs = vectors[where.reshape(-1)].reshape(len(windows), -1)
        hidden = np.maximum(inputs @ w["hidden"] + w["hidden_bias"], 0)
        scores = hidden @ w["out"] + w["out_bias"]
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        loss = float(-np.log(chances[rows, labels] + 1e-9).mean())
        chances[rows, labels] -= 1
        chances /= len(labels)
        back = (chances @ w["out"].T) * (hidden > 0)
        pick = sparse.csr_matrix(
            (np.ones(where.size, np.float32), where.reshape(-1), np.arange(where.size + 1)),
            shape=(where.size, len(unique)),
        )
        to_vectors = pick.T @ (back @ w["hidden"].T).reshape(where.size, -1)
        gradients = {
            "table": chosen.T @ to_vectors,
            "hidden": inputs.T @ back,
            "hidden_bias": back.sum(axis=0),
            "out": hidden.T @ chances,
            "out_bias": chances.sum(axis=0),
        }
        self._adam(gradients, rate)
        return loss

    def _adam(self, gradients: dict[str, Any], rate: float) -> None:
        """Kingma and Ba, 2015."""
        self.steps += 1
        scale = rate * (1 - 0.99**self.steps) ** 0.5 / (1 - 0.9**self.steps)
        for name, gradient in gradients.items():
            first, second = self.first[name], self.second[name]
            first += 0.1 * (gradient - first)
            second += 0.01 * (gradient * gradient - second)
            self.weights[name] -= scale * first / (np.sqrt(second) + 1e-7)


def learn(corpus: Tiled, vocabulary: Vocabulary, settings: Settings, say: Callable[[str], object]) -> Network:
    """Several passes over the corpus; the rate falls in a line to a twentieth, and `say` hears the mean loss of each pass."""
    source = np.random.default_rng(settings.seed)
    features = vocabulary.features()
    network = Network(settings, source)
    forgettable = np.array(vocabulary.forgettable)
    total = settings.epochs * max(1, len(corpus.ids) // settings.batch)
    for epoch in range(settings.epochs):
        losses = []
        for places in _batches(corpus, settings.batch, source):
            ids = corpus.ids[places[:, None] + np.arange(-REACH, REACH + 1)]
            forget = forgettable[ids] & (source.random(ids.shape) < settings.forget)
            rate = settings.rate * max(0.05, 1 - network.steps / total)
            windows = (ids + forget * len(forgettable)) * (source.random(ids.shape) >= settings.overlook)
            losses.append(network.step(features, windows, corpus.labels[places], rate))
        say(f"pass {epoch + 1} of {settings.epochs}: loss {np.mean(losses):.4f}")
    return network


def _batches(corpus: Tiled, size: int, source: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    waiting: list[npt.NDArray[np.int64]] = []
    count = 0
    for place in source.permutation(len(corpus.bounds)):
        waiting.append(np.arange(*corpus.bounds[place]))
        count += len(waiting[-1])
        if count >= size:
            yield np.concatenate(waiting)
            waiting, count = [], 0
    if waiting:
        yield np.concatenate(waiting)


def packed(network: Network, lexicon: dict[str, int], meta: dict[str, Any]) -> Model:
    """The model as it ships: the feature table in bytes."""
    table = network.weights["table"]
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
    small = {name: network.weights[name] for name in ("hidden", "hidden_bias", "out", "out_bias")}
    return Model(meta, lexicon, np.rint(table / scale).astype(np.int8), scale.astype(np.float32), **small)
