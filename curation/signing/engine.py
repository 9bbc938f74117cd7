"""Which kernel signs: the compiled one, or the plain one where numba is absent or WINNOW_PLAIN_KERNEL is set."""

from __future__ import annotations

import importlib.util
import os
from functools import lru_cache
from typing import Protocol, cast


class Engine(Protocol):
    """What both kernels offer; see `curation.signing.plain`."""

    def mark_wide(self, data: object, offsets: object, wide: object, /) -> None: ...

    def content_hashes(self, data: object, offsets: object, hashes: object, /) -> None: ...

    def sign_texts(
        self, data: object, starts: object, stops: object, code: bool, n: int, mixers: object, multipliers: object,
        offsets32: object, sets: bool, rows: object, values: object, counts: object, /,
    ) -> int: ...  # fmt: skip


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The kernel of this process. numba is imported here and not earlier: it takes half a second."""
    if os.environ.get("WINNOW_PLAIN_KERNEL") or importlib.util.find_spec("numba") is None:
        from curation.signing import plain

        return cast(Engine, plain)
    from curation.signing import compiled

    return cast(Engine, compiled)
