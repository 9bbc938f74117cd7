"""What clustering keeps of a document: band keys, one byte of every MinHash value, and its shingle set; some 0.6 KB."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from curation.bulk.growing import Growing
from curation.signing.blocks import Block
from curation.signing.engine import engine
from curation.signing.signed import Signed
from curation.signing.signer import sign_blocks
from curation.signing.spec import Spec, demand_same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint32]
    Longs = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Reduced:
    """n documents. `keys` uint32 (n, bands), one 32-bit key a band; `sketch` uint8 (n, permutations), low bytes of the rows;
    `values` and `offsets` the sets in CSR form; `content` uint64 tells equal sets, `tie` uint64 equal bytes."""

    spec: Spec
    keys: Words
    sketch: NDArray[np.uint8]
    values: Words
    offsets: NDArray[np.int64]
    content: Longs
    tie: Longs

    def __len__(self) -> int:
        return len(self.keys)


class Reducer:
    """Takes signed blocks one after another; `done` gives everything that was kept of them."""

    def __init__(self, spec: Spec, budget: int | None = None, scratch: Path | None = None) -> None:
        """Where `budget` bytes are exceeded, the three large arrays move to files in `scratch`."""
        self._spec, self._budget, self._scratch = spec, budget, scratch
        self._keys = Growing(np.uint32, spec.bands)
        self._sketch = Growing(np.uint8, spec.permutations)
        self._values: Growing[np.uint32] = Growing(np.uint32)
        self._counts: Growing[np.int64] = Growing(np.int64)
        self._content: Growing[np.uint64] = Growing(np.uint64)
        self._tie: Growing[np.uint64] = Growing(np.uint64)

    def add(self, piece: Reduced) -> None:
        """Add documents reduced elsewhere; raises SpecMismatch for those of another spec."""
        demand_same(piece.spec, self._spec)
        self._keys.append(piece.keys)
        self._sketch.append(piece.sketch)
        self._values.append(piece.values)
        self._counts.append(np.diff(piece.offsets))
        self._content.append(piece.content)
        self._tie.append(piece.tie)
        large: dict[str, Growing[Any]] = {"keys": self._keys, "sketch": self._sketch, "values": self._values}
        if (
            self._budget is not None
            and self._scratch
            and sum(one.nbytes for one in large.values()) > self._budget
        ):
            for name, one in large.items():
                one.spill(self._scratch / name)
            self._budget = None

    def take(self, signed: Signed, tie: Longs) -> None:
        """Keep what is needed of a block; raises SpecMismatch for rows of another spec."""
        demand_same(signed.spec, self._spec)
        self._keys.append(band_keys32(signed.rows, self._spec))
        self._sketch.append(signed.rows.astype(np.uint8))
        self._values.append(signed.values)
        self._counts.append(np.diff(signed.offsets))
        self._content.append(set_hashes(signed.values, signed.offsets))
        self._tie.append(tie)

    def done(self) -> Reduced:
        """All of it; nothing can be taken afterwards."""
        counts = self._counts.whole()
        offsets = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        return Reduced(
            self._spec, self._keys.whole(), self._sketch.whole(), self._values.whole(), offsets, self._content.whole(), self._tie.whole()
        )  # fmt: skip


def reduce_blocks(blocks: Iterable[Block], spec: Spec) -> Reduced:
    """Sign block by block, keeping only what clustering needs."""
    reducer = Reducer(spec)
    for block in blocks:
        (signed,) = sign_blocks([block], spec)
        tie = np.empty(len(block), np.uint64)
        engine().content_hashes(block.data, block.offsets, tie)
        reducer.take(signed, tie)
    return reducer.done()


def reduce_signed(signed: Signed) -> Reduced:
    """The same of texts that are signed; which of two equal sets came first is all that tells them apart."""
    if len(signed.offsets) and signed.offsets[-1] == 0 and (signed.rows != 0xFFFFFFFF).any():
        raise ValueError("these signatures were made without their sets: sign with sets=True.")
    reducer = Reducer(signed.spec)
    reducer.take(signed, np.zeros(len(signed), np.uint64))
    return reducer.done()


def band_keys32(rows: Words, spec: Spec) -> Words:
    """One 32-bit key for each band of each row, shape (rows, bands): rough, since every candidate is verified."""
    banded = rows[:, : spec.bands * spec.rows].reshape(len(rows), spec.bands, spec.rows)
    keys = np.zeros(banded.shape[:2], np.uint32)
    for row in range(spec.rows):
        keys ^= banded[:, :, row]
        keys *= np.uint32(0x9E3779B1)
        keys ^= keys >> np.uint32(15)
    return keys


def set_hashes(values: Words, offsets: NDArray[np.int64]) -> Longs:
    """A 64-bit hash of each set, whatever the order of its values."""
    mixed = values * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    sums = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(mixed, out=sums[1:])
    return sums[offsets[1:]] - sums[offsets[:-1]]
