"""LSH over all documents: candidates from buckets, screened by their sketches, verified by exact Jaccard."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curation.bulk.growing import room_like
from curation.bulk.order import Order
from curation.bulk.reduced import Reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPRESENTATIVES = 256
MEMBERS = 4096
PAIRS = 1 << 20


@dataclass(frozen=True, slots=True)
class Buckets:
    """`numbers` int32 (bands, ranks): the bucket of each, or -1. Each bucket has room for some of its documents in `slots`."""

    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]
    filled: NDArray[np.int32]
    rooms: NDArray[np.int32]
    slots: NDArray[np.int32]


def buckets(reduced: Reduced, order: Order, limit: int) -> Buckets:
    """Sort one band at a time, each a run of memory of its own; its numbers take the place of its keys."""
    from curation.bulk.compiled import fill_buckets

    columns = room_like(reduced.keys, np.uint32, reduced.keys.shape[::-1])
    columns[:] = reduced.keys.T
    numbers = columns.view(np.int32)
    ranks = np.arange(len(order.chosen), dtype=np.uint64)
    sizes: list[NDArray[np.int32]] = []
    known = 0
    for band in range(reduced.spec.bands):
        ordered = columns[band][order.chosen].astype(np.uint64)
        ordered <<= np.uint64(32)
        ordered |= ranks
        ordered.sort()
        own = np.zeros(len(ordered) // 2 + 1, np.int32)
        made = fill_buckets(ordered, numbers[band], known, own)
        sizes.append(own[:made].copy())
        known += made
    rooms = np.minimum(np.concatenate(sizes), limit).astype(np.int32)
    starts = np.zeros(len(rooms) + 1, np.int64)
    np.cumsum(rooms, out=starts[1:])
    return Buckets(
        numbers, starts, np.zeros(len(rooms), np.int32), rooms, np.empty(int(starts[-1]), np.int32)
    )


def stars(reduced: Reduced, order: Order) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """For each rank the rank that stands for it, and the similarity to it. A bucket offers at most REPRESENTATIVES."""
    count = len(order.chosen)
    star, near = np.arange(count, dtype=np.int32), np.ones(count)
    for _ in _walk(reduced, order, REPRESENTATIVES, every=False, star=star, near=near):
        pass
    return star, near


def pairs(reduced: Reduced, order: Order) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """All pairs of ranks at the threshold or above, (low, high, similarity). A bucket offers at most MEMBERS."""
    none = np.zeros(0, np.int32)
    made = list(_walk(reduced, order, MEMBERS, every=True, star=none, near=np.zeros(0)))
    return (
        np.concatenate([one[0] for one in made]),
        np.concatenate([one[1] for one in made]),
        np.concatenate([one[2] for one in made]),
    )


def _walk(reduced: Reduced, order: Order, limit: int, **how: Any) -> Iterator[tuple[Any, Any, Any]]:
    from curation.bulk.compiled import walk

    own = buckets(reduced, order, limit)
    count = len(order.chosen)
    sizes = np.diff(reduced.offsets)[order.chosen].astype(np.int32)
    most = int(min(count, limit * reduced.spec.bands))
    seen, found = np.full(count, -1, np.int32), np.empty(most, np.int32)
    room = max(PAIRS, most) if how["every"] else most
    first = 0
    while True:
        lefts, rights, near = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)
        first, written = walk(
            first, order.chosen, sizes, own.numbers, own.starts, own.filled, own.rooms, own.slots, seen, found,
            reduced.sketch.view(np.uint64), reduced.values, reduced.offsets, reduced.spec.threshold, _least(reduced),
            how["every"], how["star"], how["near"], lefts, rights, near,
        )  # fmt: skip
        yield lefts[:written].copy(), rights[:written].copy(), near[:written].copy()
        if first >= count:
            return
        seen[:] = -1


def _least(reduced: Reduced) -> int:
    """Agreement of sketches at the threshold less four standard errors."""
    t, count = reduced.spec.threshold, reduced.spec.permutations
    return math.floor((t - 4 * math.sqrt(t * (1 - t) / count)) * count)
