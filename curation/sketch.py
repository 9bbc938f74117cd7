"""Durations as a histogram with growing buckets: quantiles within 5 %, and two of them add up to one.

Every bucket is a tenth wider than the one before (DDSketch, Masson et al. 2019, with γ = 1.1). The same
expression runs in the database, so a minute's histogram is made where its batches lie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, log

GROWTH = 1.1
BUCKET_SQL = f"greatest(0, ceil(ln(greatest(%s, 1)) / ln({GROWTH})))::int"
"""The bucket of a number of milliseconds, as SQL with one `%s` for it."""


def bucket(milliseconds: float) -> int:
    """The bucket a duration falls into; up to one millisecond is bucket 0."""
    return max(0, ceil(log(max(milliseconds, 1.0)) / log(GROWTH)))


def of(durations: Iterable[float]) -> Counter[int]:
    """The histogram of these milliseconds."""
    return Counter(bucket(one) for one in durations)


def merged(sketches: Iterable[Mapping[str, int]]) -> Counter[int]:
    """Stored histograms (their buckets are text in JSON) added up."""
    total: Counter[int] = Counter()
    for sketch in sketches:
        for key, count in sketch.items():
            total[int(key)] += count
    return total


def quantile(sketch: Mapping[int, int], share: float) -> float | None:
    """Milliseconds below which this share lies, within 5 %; None of nothing."""
    rank, seen = share * (sum(sketch.values()) - 1), 0
    for place in sorted(sketch):
        seen += sketch[place]
        if seen > rank:
            return 2 * GROWTH**place / (GROWTH + 1)
    return None
