"""Banding: signatures that agree on all rows of one band share a 64-bit key, and only those are ever compared."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from core.text import hash64, mix64
from curation.signing.spec import DEFAULT_SPEC, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def band_keys(signatures: NDArray[np.uint32], *, scope: str, spec: Spec = DEFAULT_SPEC) -> NDArray[np.int64]:
    """Signed 64-bit keys, shape (rows, bands). Band number and `scope` (project, view, spec) are mixed into the key,
    so one flat table serves all and neither bands nor projects ever meet."""
    count = spec.bands * spec.rows
    banded = signatures[:, :count].astype(np.uint64).reshape(-1, spec.bands, spec.rows)
    numbers = np.arange(spec.bands, dtype=np.uint64)
    keys = np.broadcast_to(
        mix64(numbers + np.uint64(hash64(f"{spec.name}:{scope}"))), banded.shape[:2]
    ).copy()
    for row in range(spec.rows):
        keys = mix64(keys * _MULTIPLIER + banded[:, :, row])
    return keys.view(np.int64)


def candidate_pairs(keys: NDArray[np.int64]) -> set[tuple[int, int]]:
    """All pairs of row numbers (low, high) that share a key; for in-memory runs of moderate size."""
    buckets: dict[int, list[int]] = defaultdict(list)
    for row, row_keys in enumerate(keys.tolist()):
        for key in row_keys:
            buckets[key].append(row)
    return {
        (low, high)
        for rows in buckets.values()
        if len(rows) > 1
        for place, low in enumerate(rows)
        for high in rows[place + 1 :]
    }
