"""The parameters of datasketch's affine32 scheme: permutation i of a 32-bit hash h is a[i]·fmix32(h) + b[i] mod 2³²."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from curation.signing.spec import DEFAULT_SPEC, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray


@lru_cache(maxsize=8)
def permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Multipliers and offsets, each uint32 of shape (count,), as `datasketch.MinHash(num_perm=count, seed=seed)` draws them."""
    from datasketch import MinHash

    multipliers, offsets = MinHash(num_perm=count, seed=seed, scheme="affine32").permutations
    return np.ascontiguousarray(multipliers, np.uint32), np.ascontiguousarray(offsets, np.uint32)


def as_minhash(row: NDArray[np.uint32], spec: Spec = DEFAULT_SPEC) -> Any:
    """The row as a `datasketch.MinHash`, for anyone who has datasketch tools."""
    from datasketch import MinHash

    return MinHash(hashvalues=row, seed=spec.seed, scheme="affine32")
