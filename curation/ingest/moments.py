"""Times of spans, nanoseconds since 1970, as the database takes them; and ids that sort by the time they were made."""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, date, datetime
from functools import lru_cache

DAY = 86_400 * 10**9


def moment(nanoseconds: int) -> datetime:
    """Nanoseconds since 1970 as a time in UTC, to the microsecond."""
    return datetime.fromtimestamp(nanoseconds // 1000 / 1e6, UTC)


def day_of(nanoseconds: int) -> date:
    """The day in UTC, which names the partition."""
    return _day(nanoseconds // DAY)


@lru_cache(maxsize=1024)
def _day(number: int) -> date:
    return datetime.fromtimestamp(number * 86_400, UTC).date()


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): new rows lie side by side in every index that begins with it."""
    random = int.from_bytes(os.urandom(10), "big")
    head = (time.time_ns() // 1_000_000 & 0xFFFFFFFFFFFF) << 16 | 0x7000 | random >> 68
    return uuid.UUID(int=head << 64 | 0b10 << 62 | random & 0x3FFFFFFFFFFFFFFF)
