"""One published build in memory: immutable, shared by threads, swapped by reference."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from indexer.build_files import verified_manifest
from indexer.faiss_store import FaissStore
from indexer.lexical import LexicalIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from indexer.models import IndexBuild

IDS_FILE = "ids.npy"
KEPT_READERS = 4


@dataclass(frozen=True)
class Reader:
    """Rows of `lexical` and entries of `dense` are named by the passage ids in `ids`."""

    ids: NDArray[np.int64]
    rows: Mapping[int, int]
    lexical: LexicalIndex
    dense: FaissStore | None

    def candidates(self, query: str, vector: NDArray[np.float32] | None, depth: int) -> Candidates:
        """The best `depth` passages of each ranking, each with both scores."""
        words = self.lexical.scores(query)
        found = {int(self.ids[row]) for row in _best_rows(words, depth)}
        if vector is None or self.dense is None:
            return Candidates({i: float(words[self.rows[i]]) for i in found}, None, depth >= len(self.ids))
        cosines = dict(self.dense.search(vector, depth))
        missing = sorted(found - cosines.keys())
        cosines.update(zip(missing, self.dense.score(vector, missing), strict=True))
        return Candidates({i: float(words[self.rows[i]]) for i in cosines}, cosines, depth >= len(self.ids))


@dataclass(frozen=True)
class Candidates:
    """Raw scores by passage id; `complete` when no passage was left out."""

    lexical: Mapping[int, float]
    dense: Mapping[int, float] | None
    complete: bool

    def only(self, ids: Sequence[int]) -> Candidates:
        """The same scores for the eligible ids."""
        dense = None if self.dense is None else {i: self.dense[i] for i in ids}
        return Candidates({i: self.lexical[i] for i in ids}, dense, self.complete)


def _best_rows(scores: NDArray[np.float32], depth: int) -> list[int]:
    """Rows with a positive score, the best `depth` of them."""
    import numpy as np

    positive = np.flatnonzero(scores > 0)
    if len(positive) > depth:
        positive = positive[np.argpartition(-scores[positive], depth - 1)[:depth]]
    return [int(row) for row in positive]


def folder_of(build: IndexBuild) -> Path:
    """Where the files of a build lie."""
    return Path(settings.INDEX_DIR) / str(build.project_id) / f"build-{build.id}"


class _Cache:
    """The last few readers; opening verifies every byte, so it happens once per process and build.

    Whoever asks for a build that is being opened waits for it; who asks for another one does not.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: OrderedDict[str, Reader] = OrderedDict()
        self._opening: dict[str, threading.Lock] = {}

    def get(self, build: IndexBuild) -> Reader:
        key = str(build.id)
        with self._lock:
            if known := self._known(key):
                return known
            opening = self._opening.setdefault(key, threading.Lock())
        with opening:
            with self._lock:
                if known := self._known(key):
                    return known
            try:
                reader = open_reader(folder_of(build), build.manifest_sha256)
                self._keep(key, reader)
            finally:
                with self._lock:
                    self._opening.pop(key, None)
        return reader

    def _known(self, key: str) -> Reader | None:
        if key in self._readers:
            self._readers.move_to_end(key)
        return self._readers.get(key)

    def _keep(self, key: str, reader: Reader) -> None:
        with self._lock:
            self._readers[key] = reader
            while len(self._readers) > KEPT_READERS:
                self._readers.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._readers.clear()


def open_reader(folder: Path, manifest_sha256: str) -> Reader:
    """Verify and open a build folder. Raises Unavailable when a byte differs."""
    import numpy as np

    manifest = verified_manifest(folder, manifest_sha256)
    ids: NDArray[np.int64] = np.load(folder / IDS_FILE, allow_pickle=False)
    dense = FaissStore.open(folder) if manifest["model_sha256"] and FaissStore.installed() else None
    rows = {int(passage): row for row, passage in enumerate(ids)}
    return Reader(ids=ids, rows=rows, lexical=LexicalIndex.open(folder, len(ids)), dense=dense)


readers = _Cache()
