"""Exact Jaccard similarity of stored texts, for pairs and for crowds: an edge is a fact, not a guess."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection

from curation.dedup.overlap import overlaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sets = Mapping[int, NDArray[np.uint32]]

LOAD = 4000
MOST_LEADERS = 256
"""A crowd is compared with this many representatives of its own at most."""
Edge = tuple[int, int, float]


def load_shingles(ids: Collection[int]) -> dict[int, NDArray[np.uint32]]:
    """Sorted distinct shingle hashes of these texts."""
    found: dict[int, NDArray[np.uint32]] = {}
    ordered = sorted(ids)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), LOAD):
            cursor.execute(
                "SELECT id, shingles FROM curation_distincttext WHERE id = ANY(%s)",
                [ordered[start : start + LOAD]],
            )
            found.update((key, np.frombuffer(bytes(value), dtype="<u4")) for key, value in cursor.fetchall())
    return found


def verified(pairs: Sequence[tuple[int, int]], threshold: float, *, compiled: bool = True) -> Iterator[Edge]:
    """Those of these pairs whose similarity reaches the threshold; a text that is gone meanwhile is near nothing."""
    ordered = sorted(set(pairs))
    for start in range(0, len(ordered), LOAD):
        part = ordered[start : start + LOAD]
        sets = load_shingles({key for pair in part for key in pair})
        part = [pair for pair in part if pair[0] in sets and pair[1] in sets]
        yield from _above(part, sets, threshold, compiled)


def lead(ordered: Sequence[int], sets: Sets, threshold: float) -> Iterator[Edge]:
    """Edges from representatives to what they stand for, walking a crowd in canonical order: never all pairs.

    The first one left leads; who is near it follows and is compared with no later leader.
    """
    left = [key for key in ordered if key in sets]
    for _ in range(MOST_LEADERS):
        if len(left) < 2:
            return
        first, others = left[0], left[1:]
        near = {high if low == first else low: likeness
                for low, high, likeness in _above([_ordered(first, other) for other in others], sets, threshold)}  # fmt: skip
        yield from ((*_ordered(first, other), likeness) for other, likeness in near.items())
        left = [other for other in others if other not in near]


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _above(
    pairs: Sequence[tuple[int, int]], sets: Sets, threshold: float, compiled: bool = True
) -> Iterator[Edge]:
    if not pairs:
        return
    shared, sizes = overlaps(pairs, sets, compiled=compiled)
    whole = sizes - shared
    likeness = np.divide(shared, whole, out=np.ones(len(pairs)), where=whole > 0)
    for place in np.flatnonzero(likeness >= threshold).tolist():
        yield (*pairs[place], float(likeness[place]))
