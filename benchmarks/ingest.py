"""Ingest as production runs it: two web workers, PostgreSQL and the sender on one machine, commit before every answer."""

from collections.abc import Iterator

from benchmarks.contract import Row

SETTING = "database"


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the captured traffic beside the checkout; without it there is nothing to send."""
    from benchmarks.traffic.measure import measured  # models need Django to be set up

    yield from measured(quick=quick)
