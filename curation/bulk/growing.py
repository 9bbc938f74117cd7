"""An array that grows at its end: in memory, where the system moves its pages and never holds it twice, or in a file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=np.generic)


class Growing(Generic[Kind]):
    """Rows of one kind and width, appended a block at a time. After `spill` they lie in a file, and `whole` maps it."""

    def __init__(self, kind: type[Kind], width: int | None = None) -> None:
        self._kind, self._shape = kind, () if width is None else (width,)
        self._made = np.empty((1024, *self._shape), kind)
        self._used = 0
        self._file: IO[bytes] | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        return 0 if self._file else self._used * self._made.itemsize * int(np.prod(self._shape))

    def append(self, block: NDArray[Any]) -> None:
        """Add the rows of `block` at the end."""
        needed = self._used + len(block)
        if self._file:
            np.ascontiguousarray(block, self._kind).tofile(self._file)
        else:
            if needed > len(self._made):
                self._resize(max(needed, len(self._made) * 5 // 4))
            self._made[self._used : needed] = block
        self._used = needed

    def spill(self, path: Path) -> None:
        """Move what there is, and what will come, to this file."""
        self._file = path.open("w+b")
        self._made[: self._used].tofile(self._file)
        self._resize(0)

    def whole(self) -> NDArray[Kind]:
        """All rows; nothing may be appended afterwards."""
        if self._file and self._used:
            self._file.flush()
            return np.memmap(self._file, self._kind, "r+", shape=(self._used, *self._shape))
        self._resize(self._used)
        return self._made

    def _resize(self, rows: int) -> None:
        self._made.resize((rows, *self._shape), refcheck=False)


def room_like(lies: NDArray[Kind], kind: type[Kind], shape: tuple[int, ...]) -> NDArray[Kind]:
    """An array for now: in memory, or in a file beside the one that `lies` is mapped from."""
    if isinstance(lies, np.memmap) and lies.filename:
        with TemporaryFile(dir=Path(lies.filename).parent) as file:
            return np.memmap(file, kind, "w+", shape=shape)
    return np.empty(shape, kind)
