"""Scores for the tiles of a text; only the surroundings of candidates are computed, so code and tables cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from core.privacy.tagger.features import NAME
from core.privacy.tagger.model import Floats, Model
from core.privacy.tagger.words import EDGE, Words

REACH = 4
AROUND = 8
WINDOW = 2 * REACH + 1
_BLOCK = 512
_ONE_THREAD = 32
"""Windows in one product: so few that OpenBLAS uses one thread, as two cost more than they save."""


class Scores(NamedTuple):
    """Of every tile its kind; of the tiles near candidates how far a person and an address are ahead of nothing."""

    kinds: list[int]
    places: list[int]
    person: list[float]
    address: list[float]


class Tagger:
    """One model with its memory of words; shared by threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.words = Words(model)
        self.inner, self.outer = _layers(model)

    def scores(self, tiles: list[str]) -> Scores | None:
        """None when there is no candidate."""
        kinds = self._roomy().kinds_of(tiles)
        if not any(kinds):
            return None
        starts = _starts(tiles, kinds)
        if not starts:
            return None
        made = Scores(kinds, [], [], [])
        for block in _blocks(_stretches(starts, len(tiles))):
            person, address = self._ahead(tiles, block)
            at = 0
            for low, high in block:
                end = at + high - low
                made.places.extend(range(low, high))
                made.person.extend(person[at:end])
                made.address.extend(address[at:end])
                at = end + 2 * REACH
        return made

    def _roomy(self) -> Words:
        """The memory, or an empty one where a block of tiles might find no room in it."""
        if self.words.full:
            self.words = Words(self.model)
        return self.words

    def _ahead(self, tiles: list[str], block: list[tuple[int, int]]) -> list[list[float]]:
        """[person, address] of every window in the block; those that reach from one stretch into the next mean nothing."""
        words = self._roomy()
        rows = _rows(tiles, block, words)
        vectors = words.vectors.take(rows, axis=0)
        count = len(rows) - 2 * REACH
        windows: Floats = np.ndarray((count, len(self.inner)), np.float32, vectors, 0, vectors.strides).copy()
        hidden: Floats = np.empty((count, self.inner.shape[1]), np.float32)
        for at in range(0, count, _ONE_THREAD):
            np.matmul(windows[at : at + _ONE_THREAD], self.inner, out=hidden[at : at + _ONE_THREAD])
        np.maximum(hidden, 0, out=hidden)
        ahead: list[list[float]] = (hidden @ self.outer).T.tolist()
        return ahead


def _layers(model: Model) -> tuple[Floats, Floats]:
    """(WINDOW * (width + 2), hidden + 2) and (hidden + 2, 2): the model over rows of `Words.vectors`, as two products.

    The scale is in the weights; the ones of the middle tile carry the biases, and its mark of a listed name the bonus; the label
    "nothing" is taken off the others.
    """
    width, size = model.table.shape[1], model.hidden.shape[1]
    inner = np.zeros((WINDOW, width + 2, size + 2), np.float32)
    inner[:, :width, :size] = model.hidden.reshape(WINDOW, width, size) * model.scale[:, None]
    inner[REACH, -1, :size] = model.hidden_bias
    inner[REACH, -1, -1] = inner[REACH, -2, -2] = 1
    bias = model.out_bias + np.array(model.meta["bias"], np.float32)
    bonus = np.array([0, model.meta["listed"], 0], np.float32)
    outer = np.vstack([model.out, bonus, bias])
    return inner.reshape(-1, size + 2), np.ascontiguousarray(outer[:, 1:] - outer[:, :1])


def _starts(tiles: list[str], kinds: list[int]) -> list[int]:
    """Places of possible names, and of street words that have a number near them."""
    marked = [place for place, kind in enumerate(kinds) if kind]
    return [place for place in marked if kinds[place] & NAME or _number_near(tiles, place)]


def _number_near(tiles: list[str], place: int) -> bool:
    return any(tile[-1:] == "0" for tile in tiles[max(0, place - AROUND) : place + AROUND])


def _stretches(starts: list[int], size: int) -> list[tuple[int, int]]:
    """Half-open stretches of tiles around the starts, merged where they touch."""
    found: list[tuple[int, int]] = []
    for place in starts:
        low, high = place - AROUND, place + AROUND + 1
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], high)
        else:
            found.append((max(0, low), high))
    if found[-1][1] > size:
        found[-1] = (found[-1][0], size)
    return found


def _blocks(stretches: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The stretches, long ones in pieces, as many at a time as keep the memory small however long the text is."""
    block: list[tuple[int, int]] = []
    size = 0
    for low, high in stretches:
        for start in range(low, high, _BLOCK):
            block.append((start, min(start + _BLOCK, high)))
            size += _BLOCK if start + _BLOCK <= high else high - start
            if size >= _BLOCK:
                yield block
                block, size = [], 0
    if block:
        yield block


def _rows(tiles: list[str], stretches: list[tuple[int, int]], words: Words) -> list[int]:
    """The rows of each stretch with what it is read with: REACH tiles, or edges of the text, on both sides."""
    rows: list[int] = []
    for low, high in stretches:
        first, last = low - REACH, high + REACH
        if first < 0:
            rows += [EDGE] * -first
        rows += words.rows_of(tiles[max(first, 0) : last])
        if last > len(tiles):
            rows += [EDGE] * (last - len(tiles))
    return rows
