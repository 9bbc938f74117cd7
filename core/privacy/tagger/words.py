"""What a process has learned about the tiles it met: most need one set lookup, few need a vector."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from core.privacy.tagger.features import LONGEST, feature_rows, is_address_cue, is_candidate, is_listed
from core.privacy.tagger.model import Floats, Model

CAPACITY = 1 << 16
NAME, CUE, LISTED = 1, 2, 4
EDGE, UNREADABLE = 0, 1


class Words:
    """Memory of tiles, shared by threads: it only grows, and whoever finds it full starts another one.

    `plain` tiles may never start a name; `kinds` are the others. Row 0 of `vectors` (CAPACITY, width) is the edge of a text and
    row 1 any run too long to be a word.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.table: Floats = model.table.astype(np.float32) * model.scale
        self.vectors: Floats = np.zeros((CAPACITY, self.table.shape[1]), np.float32)
        self.vectors[UNREADABLE] = self._vectors(["Q" * LONGEST])[0]
        self.listed: Floats = np.zeros(CAPACITY, np.float32)
        self.plain: set[str] = set()
        self.kinds: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.count = 2
        self.lock = threading.Lock()

    @property
    def full(self) -> bool:
        """Whether it is time for an empty one."""
        return self.count > CAPACITY - 4096 or len(self.plain) + len(self.kinds) > 4 * CAPACITY

    def kind(self, tile: str) -> int:
        """NAME where a name may stand, LISTED where the lists know no other meaning, CUE for a street word, else 0."""
        known = self.kinds.get(tile)
        if known is not None:
            return known
        if len(tile) >= LONGEST:
            return 0
        lexicon = self.model.lexicon
        made = NAME * is_candidate(tile, lexicon) | CUE * is_address_cue(tile, lexicon)
        if made:
            made |= LISTED * is_listed(tile, lexicon)
            self.kinds[tile] = made
        else:
            self.plain.add(tile)
        return made

    def rows_of(self, tiles: Sequence[str]) -> list[int]:
        """The row of each tile in `vectors`."""
        found = list(map(self.rows.get, tiles))
        if None not in found:
            return found  # type: ignore[return-value]
        self._add(tile for tile, row in zip(tiles, found, strict=True) if row is None and len(tile) < LONGEST)
        return [self.rows.get(tile, UNREADABLE) for tile in tiles]

    def _add(self, met: Iterable[str]) -> None:
        """A row becomes visible only when its vector is there."""
        with self.lock:
            new = [tile for tile in dict.fromkeys(met) if tile not in self.rows][: CAPACITY - self.count]
            if new:
                start, self.count = self.count, self.count + len(new)
                self.vectors[start : self.count] = self._vectors(new)
                self.listed[start : self.count] = [bool(self.kind(tile) & LISTED) for tile in new]
                self.rows.update(zip(new, range(start, self.count), strict=True))

    def _vectors(self, tiles: list[str]) -> Floats:
        features = np.array([feature_rows(tile, self.model.lexicon) for tile in tiles], np.int64)
        vectors: Floats = self.table[features].sum(axis=1, dtype=np.float32)
        return vectors
