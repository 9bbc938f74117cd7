"""Sign texts: the one door to the kernel, whichever form the texts have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from curation.signing.blocks import Block, of_texts
from curation.signing.characters import canonical
from curation.signing.engine import engine
from curation.signing.mixing import MIXERS
from curation.signing.permutations import permutations
from curation.signing.signed import Signed, joined
from curation.signing.spec import DEFAULT_SPEC, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Made = tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int64]]


def sign(texts: Sequence[str], spec: Spec = DEFAULT_SPEC, *, sets: bool = True) -> Signed:
    """Rows of these texts, and their shingle sets unless `sets` is false. A text without a token has a row of EMPTY."""
    return joined(list(sign_blocks(of_texts(texts), spec, sets=sets)), spec)


def sign_blocks(blocks: Iterable[Block], spec: Spec = DEFAULT_SPEC, *, sets: bool = True) -> Iterator[Signed]:
    """The same, one block of UTF-8 at a time: for texts that come from Arrow, or that are too many to hold at once."""
    for block in blocks:
        yield _sign_block(block, spec, sets)


def warm() -> None:
    """Load the compiled kernel, or compile it where this machine has not yet: seconds that no first request should wait for."""
    sign(["warm up", "auf\u00adgewärmt"])


def _sign_block(block: Block, spec: Spec, sets: bool) -> Signed:
    wide = np.zeros(len(block), np.bool_)
    engine().mark_wide(block.data, block.offsets, wide)
    if not wide.any():
        rows, values, counts = _run(block, np.arange(len(block)), spec, sets)
        return Signed(spec, rows, values, _offsets(counts, sets))
    narrow, beyond = np.flatnonzero(~wide), np.flatnonzero(wide)
    first = _run(block, narrow, spec, sets)
    second = _run(_canonical(block, beyond, spec), np.arange(len(beyond)), spec, sets)
    return _interleaved(spec, wide, first, second, sets)


def _canonical(block: Block, places: NDArray[np.int64], spec: Spec) -> Block:
    made = [canonical(block.text(int(place)), spec.mode) for place in places]
    offsets = np.zeros(len(made) + 1, np.int64)
    np.cumsum([len(one) for one in made], out=offsets[1:])
    return Block(np.frombuffer(b"".join(made), np.uint8), offsets)


def _run(block: Block, chosen: NDArray[np.int64], spec: Spec, sets: bool) -> Made:
    multipliers, offsets32 = permutations(spec.permutations, spec.seed)
    rows = np.empty((len(chosen), spec.permutations), np.uint32)
    counts = np.zeros(len(chosen), np.int64)
    room = int((block.offsets[chosen + 1] - block.offsets[chosen]).sum()) + (spec.shingle + 1) * len(chosen)
    values = np.empty(room if sets else 0, np.uint32)
    written = engine().sign_texts(
        block.data, block.offsets, chosen, spec.mode == "code", spec.shingle, MIXERS, multipliers, offsets32, sets, rows, values, counts
    )  # fmt: skip
    return rows, values[:written].copy(), counts


def _interleaved(spec: Spec, wide: NDArray[np.bool_], first: Made, second: Made, sets: bool) -> Signed:
    """Both parts of a block in the order of the block."""
    rows = np.empty((len(wide), spec.permutations), np.uint32)
    counts = np.empty(len(wide), np.int64)
    rows[~wide], rows[wide] = first[0], second[0]
    counts[~wide], counts[wide] = first[2], second[2]
    values = np.empty(len(first[1]) + len(second[1]), np.uint32)
    if sets:
        beyond = np.repeat(wide, counts)
        values[~beyond], values[beyond] = first[1], second[1]
    return Signed(spec, rows, values, _offsets(counts, sets))


def _offsets(counts: NDArray[np.int64], sets: bool) -> NDArray[np.int64]:
    offsets = np.zeros(len(counts) + 1, np.int64)
    if sets:
        np.cumsum(counts, out=offsets[1:])
    return offsets
