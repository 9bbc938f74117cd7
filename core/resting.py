"""Reads that grow slow with the data are not repeated at once: what took a second is asked again after twenty."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

SLOW = 0.25
REST = 20
T = TypeVar("T")


def rested(key: str, read: Callable[[], T], *, keep: Callable[[T], bool] = lambda found: True) -> T:
    """What `read` says now; or, where it was slow, what it said less than `REST` times its duration ago.

    Quick reads are never kept, so that small projects stay live. `keep` says which answers may be kept at all.
    """
    known = cache.get(key)
    if known is not None:
        return known[0]  # type: ignore[no-any-return]
    started = time.monotonic()
    found = read()
    seconds = time.monotonic() - started
    if seconds > SLOW and keep(found):
        cache.set(key, (found,), REST * seconds)
    return found
