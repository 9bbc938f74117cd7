"""Domains beside peers on real dialogues, near misses with planted right answers, the line of flags, difficulty on real outcomes.

No database: the learner, the miner and the calibration are the product's own, fed with the traces beside the checkout.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.contract import Row
from benchmarks.strata import difficulty, domains, flags, misses
from benchmarks.strata.traffic import TRACES


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the real traces beside the checkout and the extra `embed`."""
    if not TRACES.is_dir():
        raise SystemExit("../shared/data is absent: nothing to measure on.")
    yield from domains.rows(quick=quick)
    yield from misses.rows(quick=quick)
    yield from flags.rows(quick=quick)
    yield from difficulty.rows()
