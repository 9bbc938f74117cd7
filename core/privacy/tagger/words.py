"""What a process has learned about the tiles it met: most need one look-up, few need a vector."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.privacy.tagger.features import LISTED, LONGEST, feature_rows, kind_of
from core.privacy.tagger.model import Floats, Model

CAPACITY = 1 << 15
KINDS_PER_VECTOR = 2
EDGE, UNREADABLE = 0, 1


class Kinds(dict[str, int]):
    """Tile → `kind_of` it, learned when it is first asked for while there is room; what is too long to be a word is not kept."""

    def __init__(self, lexicon: Mapping[str, int]) -> None:
        super().__init__()
        self.lexicon = lexicon

    def __missing__(self, tile: str) -> int:
        if len(tile) >= LONGEST:
            return 0
        kind = kind_of(tile, self.lexicon)
        if len(self) < KINDS_PER_VECTOR * CAPACITY:
            self[tile] = kind
        return kind


class Words:
    """Memory of tiles, shared by threads: it only grows, and whoever finds it full starts another one.

    A row of `vectors` (CAPACITY, width + 2) holds the sum of a tile's features before their scale, then whether the lists know
    it as a name alone, then a one. Row 0 is the edge of a text and row 1 any run too long to be a word.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.kinds = Kinds(model.lexicon)
        self.rows: dict[str, int] = {}
        self.vectors: Floats = np.zeros((CAPACITY, model.table.shape[1] + 2), np.float32)
        self.vectors[:, -1] = 1
        self.vectors[UNREADABLE, :-2] = self._sums(["Q" * LONGEST])
        self.count = 2
        self.lock = threading.Lock()

    @property
    def full(self) -> bool:
        """Whether it is time for an empty one."""
        return self.count > CAPACITY - 4096 or len(self.kinds) >= KINDS_PER_VECTOR * CAPACITY

    def kinds_of(self, tiles: Sequence[str]) -> list[int]:
        """The kind of each tile."""
        return list(map(self.kinds.__getitem__, tiles))

    def rows_of(self, tiles: Sequence[str]) -> list[int]:
        """The row of each tile in `vectors`."""
        try:
            return list(map(self.rows.__getitem__, tiles))
        except KeyError:
            self._add(tiles)
            return [self.rows.get(tile, UNREADABLE) for tile in tiles]

    def _add(self, met: Iterable[str]) -> None:
        """A row becomes visible only when its vector is there."""
        with self.lock:
            new = [tile for tile in dict.fromkeys(met) if tile not in self.rows and len(tile) < LONGEST]
            del new[CAPACITY - self.count :]
            if new:
                start, self.count = self.count, self.count + len(new)
                self.vectors[start : self.count, :-2] = self._sums(new)
                self.vectors[start : self.count, -2] = [bool(kind & LISTED) for kind in self.kinds_of(new)]
                self.rows.update(zip(new, range(start, self.count), strict=True))

    def _sums(self, tiles: list[str]) -> Floats:
        features = np.array([feature_rows(tile, self.model.lexicon) for tile in tiles])
        sums: Floats = self.model.table[features].sum(axis=1, dtype=np.float32)
        return sums
