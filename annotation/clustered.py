"""Shares of votes whose items hang together: three people who read the same pair are fewer than three independent votes.

The variance is taken over items (the sandwich of Liang and Zeger 1986). By how much it exceeds that of independent votes
(the design effect), counts are divided before an interval made for counts is drawn around them (Rao and Scott 1992; Korn
and Graubard 1998, who also widen it where items are few). One vote an item is worth one, and so are three copies of it.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import fsum, sqrt

from core.intervals import Estimate, wilson

TAIL = 0.025
"""Outside a 95 % interval, on either side."""


@dataclass(frozen=True, slots=True)
class ClusteredShare:
    """`hits` of `of` votes, worth `effective` independent ones; `off`: by item, how many hits it has beyond the common share."""

    hits: int
    of: int
    effective: float
    off: Mapping[Hashable, float]

    @property
    def share(self) -> float:
        """Hits over votes."""
        return self.hits / self.of

    def interval(self) -> Estimate:
        """The share with Wilson's interval at the effective number of votes."""
        return wilson(self.hits, self.of, effective=self.effective)


def clustered_share(votes: Iterable[tuple[Hashable, bool]]) -> ClusteredShare | None:
    """From (item, hit or not); None without votes."""
    given, hits = Counter[Hashable](), Counter[Hashable]()
    for item, hit in votes:
        given[item] += 1
        hits[item] += hit
    if not given:
        return None
    of, total = given.total(), hits.total()
    off = {item: hits[item] - n * total / of for item, n in given.items()}
    return ClusteredShare(total, of, _effective(total / of, of, off), off)


def difference(first: ClusteredShare | None, second: ClusteredShare | None) -> Estimate:
    """Share of the first minus share of the second, with Newcombe's hybrid score interval (1998, method 10).

    Items in both move both shares; their correlation narrows or widens it (Zou and Donner 2008).
    """
    n = sum(one.of for one in (first, second) if one)
    if first is None or second is None:
        return Estimate(None, None, None, n)
    p_below, p_above = _distances(first)
    q_below, q_above = _distances(second)
    value, together = first.share - second.share, _correlation(first, second)
    below = sqrt(max(0.0, p_below**2 + q_above**2 - 2 * together * p_below * q_above))
    above = sqrt(max(0.0, p_above**2 + q_below**2 - 2 * together * p_above * q_below))
    return Estimate(value, value - below, value + above, n)


def _effective(share: float, of: int, off: Mapping[Hashable, float]) -> float:
    """How many independent votes they are worth: never more than there are, and one an item where nothing tells.

    Nothing tells with a single item, and where all votes are alike.
    """
    items = len(off)
    if items == 1 or share in (0, 1):
        return items
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    spread = fsum(one * one for one in off.values())
    independent = min(of, share * (1 - share) * of * of / spread) if spread else of
    few = float(stdtrit(of - 1, TAIL) / stdtrit(items - 1, TAIL))
    return independent * few * few


def _distances(one: ClusteredShare) -> tuple[float, float]:
    """From the share down and up to the ends of its interval."""
    found = one.interval()
    assert found.low is not None
    assert found.high is not None
    return one.share - found.low, found.high - one.share


def _correlation(first: ClusteredShare, second: ClusteredShare) -> float:
    """Of the two shares, over the items that are in both."""
    product = fsum(value * second.off.get(item, 0.0) for item, value in first.off.items())
    scale = sqrt(
        fsum(value**2 for value in first.off.values()) * fsum(value**2 for value in second.off.values())
    )
    return product / scale if scale else 0.0
