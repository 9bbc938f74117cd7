"""Scores for the tiles of a text; only the surroundings of candidates are computed, so code and tables cost next to nothing."""

from __future__ import annotations

import numpy as np

from core.privacy.tagger.model import Floats, Model
from core.privacy.tagger.words import CUE, EDGE, NAME, Words

REACH = 4
AROUND = 8
_WINDOW = np.arange(2 * REACH + 1)


class Tagger:
    """One model with its memory of words; shared by threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.words = Words(model)
        self.bias: Floats = model.out_bias + np.array(model.meta["bias"], np.float32)
        self.listed = float(model.meta["listed"])

    def scores(self, tiles: list[str]) -> tuple[list[int], Floats | None]:
        """(places, (len(places), labels) scores) for the tiles near candidates; ([], None) when there is none."""
        words = self.words
        if words.plain.issuperset(tiles):
            return [], None
        if words.full:
            words = self.words = Words(self.model)
        starts = _starts(tiles, words)
        if not starts:
            return [], None
        places: list[int] = []
        centres: list[int] = []
        rows: list[int] = []
        for low, high in _stretches(starts, len(tiles)):
            first, last = low - REACH, high + REACH
            shift = len(rows)
            rows += [EDGE] * -min(first, 0)
            rows += words.rows_of(tiles[max(first, 0) : last])
            rows += [EDGE] * max(last - len(tiles), 0)
            places += range(low, high)
            centres += range(shift, shift + high - low)
        windows = np.array(rows)[np.array(centres)[:, None] + _WINDOW]
        inputs = words.vectors[windows].reshape(len(places), -1)
        hidden = np.maximum(inputs @ self.model.hidden + self.model.hidden_bias, 0.0)
        scores: Floats = hidden @ self.model.out + self.bias
        scores[:, 1] += self.listed * words.listed[windows[:, REACH]]
        return places, scores


def _starts(tiles: list[str], words: Words) -> list[int]:
    """Places of possible names, and of street words that have a number near them."""
    plain = words.plain
    found = []
    for place, tile in [(place, tile) for place, tile in enumerate(tiles) if tile not in plain]:
        kind = words.kind(tile)
        if kind & NAME or (kind & CUE and _number_near(tiles, place)):
            found.append(place)
    return found


def _number_near(tiles: list[str], place: int) -> bool:
    return any(tile[-1:] == "0" for tile in tiles[max(0, place - AROUND) : place + AROUND])


def _stretches(starts: list[int], size: int) -> list[tuple[int, int]]:
    """Half-open stretches of tiles around the starts, merged where they touch."""
    found: list[tuple[int, int]] = []
    for place in starts:
        low, high = max(0, place - AROUND), min(size, place + AROUND + 1)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found
