"""Signatures and shingle sets of many texts, under one spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from curation.signing.spec import Spec, demand_same

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Signed:
    """`rows` uint32 (texts, permutations). `values` uint32 and `offsets` int64 are the sorted distinct shingle hashes in CSR
    form: those of text i are values[offsets[i]:offsets[i + 1]]; both are empty where sets were not asked for."""

    spec: Spec
    rows: NDArray[np.uint32]
    values: NDArray[np.uint32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def shingles(self, place: int) -> NDArray[np.uint32]:
        """The sorted distinct shingle hashes of text number `place`."""
        return self.values[self.offsets[place] : self.offsets[place + 1]]

    def jaccard(self, one: int, other: int) -> float:
        """Exact similarity of two of these texts."""
        return jaccard(self.shingles(one), self.shingles(other))

    def estimate(self, place: int, other: Signed, other_place: int) -> float:
        """Similarity as two rows estimate it; raises SpecMismatch when the specs differ."""
        demand_same(self.spec, other.spec)
        return float((self.rows[place] == other.rows[other_place]).mean())


def jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Exact Jaccard similarity of two sorted distinct arrays; two empty sets are identical."""
    if len(one) == 0 and len(other) == 0:
        return 1.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def joined(parts: list[Signed], spec: Spec) -> Signed:
    """One from several, in order; raises SpecMismatch when one was made under another spec."""
    for part in parts:
        demand_same(part.spec, spec)
    sizes = [np.diff(part.offsets) for part in parts]
    offsets = np.zeros(sum(map(len, sizes)) + 1, np.int64)
    np.cumsum(np.concatenate([np.zeros(0, np.int64), *sizes]), out=offsets[1:])
    rows = [part.rows for part in parts] or [np.zeros((0, spec.permutations), np.uint32)]
    values = [part.values for part in parts] or [np.zeros(0, np.uint32)]
    return Signed(spec, np.concatenate(rows), np.concatenate(values), offsets)
