"""Do people of one group agree with each other, and with those of another?

Within a group: Krippendorff's alpha. Between two: cross-replication reliability (Wong, Paritosh and Aroyo 2021), the same
ratio with one vote from either group, so that low agreement within a group is not taken for a difference between them.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from .agreement import SEED, alpha, tabulate

if TYPE_CHECKING:
    from .agreement import Counts

Votes = Sequence[tuple[Hashable, str]]
"""(item, value) of every vote of one group."""

RESAMPLES = 300


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """Agreement within one group (`other` is the same name) or between two, with a bootstrap interval over items."""

    group: str
    other: str
    value: float | None
    low: float | None
    high: float | None
    items: int


def cross_reliability(x: "Counts", y: "Counts") -> float | None:
    """1 - observed / expected disagreement of one vote from x and one from y (nominal); rows of both are the same items.

    Shapes (items, values). Expected is over all votes of x with all of y; None without an item both judged or where
    only one value was given.
    """
    pairs = (x.sum(axis=1) * y.sum(axis=1)).sum()
    drawn = x.sum() * y.sum()
    if not pairs or not drawn:
        return None
    observed = 1 - (x * y).sum() / pairs
    expected = 1 - (x.sum(axis=0) * y.sum(axis=0)).sum() / drawn
    return float(1 - observed / expected) if expected > 0 else None


def agreement_of_groups(votes: Mapping[str, Votes], domain: Sequence[str]) -> list[GroupAgreement]:
    """Within every group, then between every two of them, in the order given."""
    within = [_within(group, own, domain) for group, own in votes.items()]
    return within + [_between(a, b, votes[a], votes[b], domain) for a, b in combinations(votes, 2)]


def _within(group: str, votes: Votes, domain: Sequence[str]) -> GroupAgreement:
    table = tabulate(votes, domain)
    return _estimate(group, group, table.shape[0], lambda rows: alpha(table[rows], level="nominal"))


def _between(a: str, b: str, x: Votes, y: Votes, domain: Sequence[str]) -> GroupAgreement:
    import numpy as np

    both = sorted({item for item, _ in x} & {item for item, _ in y}, key=str)
    place = {item: row for row, item in enumerate(both)}
    column = {value: n for n, value in enumerate(domain)}
    tables = []
    for votes in (x, y):
        table = np.zeros((len(both), len(domain)), dtype=np.int64)
        for item, value in votes:
            if item in place and value in column:
                table[place[item], column[value]] += 1
        tables.append(table)
    return _estimate(a, b, len(both), lambda rows: cross_reliability(tables[0][rows], tables[1][rows]))


def _estimate(
    group: str, other: str, items: int, value: "Callable[[Counts], float | None]"
) -> GroupAgreement:
    import numpy as np

    if not items:
        return GroupAgreement(group, other, None, None, None, 0)
    found = value(np.arange(items))
    rng = np.random.default_rng(SEED)
    drawn = [one for _ in range(RESAMPLES) if (one := value(rng.integers(0, items, items))) is not None]
    if found is None or len(drawn) * 2 < RESAMPLES:
        return GroupAgreement(group, other, found, None, None, items)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return GroupAgreement(group, other, found, float(low), float(high), items)
