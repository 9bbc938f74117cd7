"""How many shingles two sorted sets share, for many pairs at once; compiled where numba is installed, the same numbers without."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sets = Mapping[int, NDArray[np.uint32]]
    Counts = NDArray[np.int64]

WORD = 64
COLUMNS = 128 * WORD


def overlaps(pairs: Sequence[tuple[int, int]], sets: Sets, *, compiled: bool = True) -> tuple[Counts, Counts]:
    """(|A ∩ B|, |A| + |B|) of each pair of different keys, int64 of shape (pairs,). A page asks for the plain way: it loads no compiler."""
    keys, at = np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), return_inverse=True)
    at = at.reshape(-1, 2)
    own = [sets[key] for key in keys.tolist()]
    sizes = np.array([len(one) for one in own], dtype=np.int64)
    ends, packed = np.concatenate([[0], np.cumsum(sizes)]), np.concatenate(own).astype(np.uint32)
    count = _counter() if compiled else _by_numpy
    return count(packed, ends, at), sizes[at[:, 0]] + sizes[at[:, 1]]


@cache
def _counter() -> Callable[..., Any]:
    if find_spec("numba") is None:
        return _by_numpy
    import numba

    return numba.njit(cache=True, nogil=True)(_by_merging)


def _by_merging(packed: NDArray[np.uint32], ends: Counts, pairs: Counts) -> Counts:
    shared = np.zeros(len(pairs), dtype=np.int64)
    for number in range(len(pairs)):
        one, one_end = ends[pairs[number, 0]], ends[pairs[number, 0] + 1]
        other, other_end = ends[pairs[number, 1]], ends[pairs[number, 1] + 1]
        count = 0
        while one < one_end and other < other_end:
            left, right = packed[one], packed[other]
            count += left == right
            one += left <= right
            other += right <= left
        shared[number] = count
    return shared


def _by_numpy(packed: NDArray[np.uint32], ends: Counts, pairs: Counts) -> Counts:
    """Each set as a row of bits, a column for every element that more than one set has; some columns at a time."""
    _elements, column, held = np.unique(packed, return_inverse=True, return_counts=True)
    place, used = np.cumsum(held > 1) - 1, int((held > 1).sum())
    common = np.flatnonzero((held > 1)[column])
    rows, columns = np.repeat(np.arange(len(ends) - 1), np.diff(ends))[common], place[column[common]]
    shared = np.zeros(len(pairs), dtype=np.int64)
    for start in range(0, used, COLUMNS):
        width = min(COLUMNS, -(-(used - start) // WORD) * WORD)
        bits = np.zeros((len(ends) - 1, width), dtype=bool)
        within = (columns >= start) & (columns < start + width)
        bits[rows[within], columns[within] - start] = True
        words = np.packbits(bits, axis=1).view(np.uint64)
        shared += np.bitwise_count(words[pairs[:, 0]] & words[pairs[:, 1]]).sum(axis=1, dtype=np.int64)
    return shared
