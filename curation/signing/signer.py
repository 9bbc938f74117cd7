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

    Buffer = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]


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
    data, starts, stops = block.data, block.offsets[:-1], block.offsets[1:]
    if wide.any():
        data, starts, stops = _with_canonical(block, np.flatnonzero(wide), spec)
    rows, counts = np.empty((len(block), spec.permutations), np.uint32), np.zeros(len(block), np.int64)
    room = int((stops - starts).sum()) + (spec.shingle + 1) * len(block)
    values = np.empty(room if sets else 0, np.uint32)
    multipliers, offsets32 = permutations(spec.permutations, spec.seed)
    written = engine().sign_texts(
        data, starts, stops, spec.mode == "code", spec.shingle, MIXERS, multipliers, offsets32, sets, rows, values, counts
    )  # fmt: skip
    return Signed(spec, rows, values[:written].copy(), _offsets(counts, sets))


def _with_canonical(block: Block, wide: NDArray[np.int64], spec: Spec) -> Buffer:
    """The block's bytes followed by those of its texts beyond ASCII made ready; where each text starts and stops now."""
    first, last = int(block.offsets[0]), int(block.offsets[-1])
    made = [canonical(block.text(int(place)), spec.mode) for place in wide]
    starts, stops = block.offsets[:-1] - first, block.offsets[1:] - first
    stops[wide] = last - first + np.cumsum([len(one) for one in made])
    starts[wide] = stops[wide] - [len(one) for one in made]
    return np.frombuffer(b"".join([block.data[first:last].tobytes(), *made]), np.uint8), starts, stops


def _offsets(counts: NDArray[np.int64], sets: bool) -> NDArray[np.int64]:
    offsets = np.zeros(len(counts) + 1, np.int64)
    if sets:
        np.cumsum(counts, out=offsets[1:])
    return offsets
