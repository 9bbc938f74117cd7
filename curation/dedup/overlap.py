"""How many shingles two sorted sets share, for many pairs at once; compiled where numba is installed, the same numbers without."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sets = Mapping[int, NDArray[np.uint32]]
    Counts = NDArray[np.int64]


def overlaps(pairs: Sequence[tuple[int, int]], sets: Sets) -> tuple[Counts, Counts]:
    """(|A ∩ B|, |A| + |B|) of each pair of keys, int64 of shape (pairs,)."""
    keys = sorted({key for pair in pairs for key in pair})
    place = {key: at for at, key in enumerate(keys)}
    ends = np.cumsum([0, *(len(sets[key]) for key in keys)])
    packed = np.concatenate([sets[key] for key in keys]).astype(np.uint32)
    at = np.array([(place[low], place[high]) for low, high in pairs], dtype=np.int64).reshape(-1, 2)
    sizes = np.diff(ends)
    return _counter()(packed, ends.astype(np.int64), at), sizes[at[:, 0]] + sizes[at[:, 1]]


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
    sets = [packed[start:end] for start, end in pairwise(ends.tolist())]
    return np.array(
        [len(np.intersect1d(sets[low], sets[high], assume_unique=True)) for low, high in pairs],
        dtype=np.int64,
    )
