"""MinHash signatures in datasketch's affine32 scheme: rows are bit-identical to `datasketch.MinHash` fed the same hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from core.text import NORMALISER

if TYPE_CHECKING:
    from numpy.typing import NDArray

EMPTY = 0xFFFFFFFF
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Spec:
    """How signatures are made and compared; rows of two specs are never mixed."""

    name: str = "word5-affine32-20x6"
    normaliser: str = NORMALISER
    shingle: int = 5
    permutations: int = 128
    seed: int = 1
    scheme: str = "affine32"
    bands: int = 20
    rows: int = 6
    threshold: float = 0.8


DEFAULT_SPEC = Spec()


@lru_cache(maxsize=4)
def _permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    from datasketch import MinHash

    multipliers, offsets = MinHash(num_perm=count, seed=seed, scheme="affine32").permutations
    return multipliers.astype(np.uint32), offsets.astype(np.uint32)


def _fmix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """MurmurHash3's 32-bit finaliser, datasketch's pre-mix."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


def signatures(sets: Sequence[NDArray[np.uint64]], spec: Spec = DEFAULT_SPEC) -> NDArray[np.uint32]:
    """One row per shingle set, uint32 of shape (len(sets), permutations); an empty set gives a row of EMPTY."""
    if spec.scheme != "affine32":
        raise ValueError(f"unknown MinHash scheme {spec.scheme!r}")
    multipliers, offsets = _permutations(spec.permutations, spec.seed)
    made = np.full((len(sets), spec.permutations), EMPTY, dtype=np.uint32)
    for place, hashes in enumerate(sets):
        mixed = _fmix32(hashes.astype(np.uint32))[:, None]
        for start in range(0, len(mixed), _BLOCK):
            permuted = mixed[start : start + _BLOCK] * multipliers + offsets
            np.minimum(made[place], permuted.min(axis=0), out=made[place])
    return made


def as_minhash(row: NDArray[np.uint32], spec: Spec = DEFAULT_SPEC) -> Any:
    """The row as a `datasketch.MinHash`, for anyone who has datasketch tools."""
    from datasketch import MinHash

    return MinHash(hashvalues=row, seed=spec.seed, scheme="affine32")
