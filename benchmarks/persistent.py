"""Near-duplicates kept in PostgreSQL beside datasketch's index on Redis: a part of `./dev bench dedup`, by itself."""

from collections.abc import Iterator

from benchmarks.contract import Row
from benchmarks.dedup import persistent

SETTING = "database"


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs a Valkey or Redis for the peer."""
    yield from persistent.rows(quick=quick)
