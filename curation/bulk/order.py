"""Equal sets collapsed into one, and the canonical order of the rest: who stands for whom never depends on how texts arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from curation.bulk.reduced import Reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Order:
    """`chosen` int64: the document that stands for each distinct set, in canonical order (as `curation.clusters.Document`:
    eligible, then most shingles, then content). `twin` int64 (documents,): the document each is equal to."""

    chosen: Places
    twin: Places


def canonical_order(reduced: Reduced, eligible: NDArray[np.bool_] | None = None) -> Order:
    """Collapse and order. Among equal sets an eligible one stands, then the one with the least hash of its bytes."""
    barred = np.zeros(len(reduced), np.bool_) if eligible is None else ~eligible
    twin = _twins(reduced, barred)
    chosen = np.flatnonzero(twin == np.arange(len(twin)))
    by_content = chosen[np.argsort(reduced.content[chosen])]
    counts = np.diff(reduced.offsets)[by_content]
    rank = (barred[by_content].astype(np.int64) << 40) - counts
    return Order(by_content[np.argsort(rank, kind="stable")], twin)


def _twins(reduced: Reduced, barred: NDArray[np.bool_]) -> Places:
    """For each document the one that stands for its set."""
    sorted_places = np.argsort(reduced.content)
    content = reduced.content[sorted_places]
    twin = np.arange(len(reduced))
    starts = (
        np.flatnonzero(np.concatenate([[True], content[1:] != content[:-1]]))
        if len(content)
        else np.zeros(0, int)
    )
    sizes = np.diff(np.append(starts, len(content)))
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        group = sorted_places[start : start + size]
        group = group[np.lexsort((group, reduced.tie[group], barred[group]))]
        for member in group[1:].tolist():
            if _equal_sets(reduced, int(group[0]), member):
                twin[member] = group[0]
    return twin


def _equal_sets(reduced: Reduced, one: int, other: int) -> bool:
    offsets, values = reduced.offsets, reduced.values
    first, second = values[offsets[one] : offsets[one + 1]], values[offsets[other] : offsets[other + 1]]
    return np.array_equal(first, second)
