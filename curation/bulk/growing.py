"""An array that grows at its end; the system moves its pages, so it is never held twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=np.generic)


class Growing(Generic[Kind]):
    """Rows of one kind and width, appended a block at a time."""

    def __init__(self, kind: type[Kind], width: int | None = None) -> None:
        self._made = np.empty((1024,) if width is None else (1024, width), kind)
        self._used = 0

    def append(self, block: NDArray[Any]) -> None:
        """Add the rows of `block` at the end."""
        needed = self._used + len(block)
        if needed > len(self._made):
            self._resize(max(needed, len(self._made) * 5 // 4))
        self._made[self._used : needed] = block
        self._used = needed

    def whole(self) -> NDArray[Kind]:
        """All rows; nothing may be appended afterwards."""
        self._resize(self._used)
        return self._made

    def _resize(self, rows: int) -> None:
        self._made.resize((rows, *self._made.shape[1:]), refcheck=False)
