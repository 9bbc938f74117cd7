"""Texts as the kernel takes them: one buffer of UTF-8 and the places where each text begins, a small block at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXTS = 512
CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """`data` uint8, `offsets` int64 of shape (texts + 1,): text i is data[offsets[i]:offsets[i + 1]], in UTF-8."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.offsets.ndim != 1 or len(self.offsets) == 0:
            raise ValueError("offsets need one number more than there are texts, at least one.")
        if self.offsets[0] < 0 or self.offsets[-1] > len(self.data) or (np.diff(self.offsets) < 0).any():
            raise ValueError(
                f"offsets must rise from 0 or more to the {len(self.data)} bytes of the buffer at most."
            )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def text(self, place: int) -> str:
        """Text number `place`; raises ValueError naming it when it is no UTF-8."""
        raw = self.data[self.offsets[place] : self.offsets[place + 1]].tobytes()
        try:
            return raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise ValueError(
                f"text {place} of the block is no UTF-8 at its byte {error.start}: decode it first."
            ) from None

    def part(self, start: int, stop: int) -> Block:
        """Texts start to stop over the same buffer."""
        return Block(self.data, self.offsets[start : stop + 1])


def of_texts(texts: Sequence[str]) -> Iterator[Block]:
    """Blocks that stay in the processor's cache; a long text is a block of its own."""
    for start in range(0, len(texts), TEXTS):
        part = texts[start : start + TEXTS]
        if sum(map(len, part)) <= CHARACTERS:
            yield _packed(part)
        else:
            yield from (_packed([text]) for text in part)


def of_arrow(column: Any) -> Iterator[Block]:
    """Blocks over the buffers of a `pyarrow` string column (Array or ChunkedArray), without copying; a null is an empty text."""
    import pyarrow as pa

    for chunk in getattr(column, "chunks", [column]):
        whole = chunk.cast(pa.large_string()) if chunk.type != pa.large_string() else chunk
        if whole.null_count:
            whole = whole.fill_null("")
        yield from _parts(_block(whole))


def _packed(texts: Sequence[str]) -> Block:
    import pyarrow as pa

    try:
        return _block(pa.array(texts, pa.large_string()))
    except UnicodeEncodeError:  # lone surrogates
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
    offsets = np.zeros(len(raw) + 1, np.int64)
    np.cumsum([len(one) for one in raw], out=offsets[1:])
    return Block(np.frombuffer(b"".join(raw), np.uint8), offsets)


def _block(strings: Any) -> Block:
    _, offsets, data = strings.buffers()
    if data is None:
        return Block(np.zeros(0, np.uint8), np.zeros(len(strings) + 1, np.int64))
    places = np.frombuffer(offsets, np.int64)[strings.offset : strings.offset + len(strings) + 1]
    return Block(np.frombuffer(data, np.uint8), places)


def _parts(block: Block) -> Iterator[Block]:
    for start in range(0, len(block), TEXTS):
        yield block.part(start, min(start + TEXTS, len(block)))
