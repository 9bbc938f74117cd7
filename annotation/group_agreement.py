"""Do people of one group agree with each other, and with those of another?

Within a group: Krippendorff's alpha. Between two: cross-replication reliability (Wong, Paritosh and Aroyo 2021), the same
ratio with one vote from either group, so that low agreement within a group is not taken for a difference between them.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from .agreement import SEED, alpha_with_interval, tabulate

if TYPE_CHECKING:
    from .agreement import Counts

RESAMPLES = 300


class Said(NamedTuple):
    """One vote of a group: on which item, what, and by whom."""

    item: Hashable
    value: str
    person: Hashable


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


def agreement_of_groups(
    votes: Mapping[str, Sequence[Said]], domain: Sequence[str], *, least: int
) -> list[GroupAgreement]:
    """Within every group, then between every two of them, in the order given.

    Left out is what fewer than `least` people of a group stand behind, on the items that are compared.
    """
    told = {group: [vote for vote in own if vote.value in domain] for group, own in votes.items()}
    compared = {group: _twice(own) for group, own in told.items()}
    within = [_within(group, own, domain) for group, own in compared.items() if _people(own) >= least]
    between = []
    for a, b in combinations(told, 2):
        both = {vote.item for vote in told[a]} & {vote.item for vote in told[b]}
        x, y = ([vote for vote in told[group] if vote.item in both] for group in (a, b))
        if min(_people(x), _people(y)) >= least:
            between.append(_between(a, b, x, y, domain))
    return within + between


def _twice(votes: Sequence[Said]) -> list[Said]:
    """Votes on items that somebody else of the same group judged too."""
    given = Counter(vote.item for vote in votes)
    return [vote for vote in votes if given[vote.item] > 1]


def _people(votes: Sequence[Said]) -> int:
    return len({vote.person for vote in votes})


def _within(group: str, votes: Sequence[Said], domain: Sequence[str]) -> GroupAgreement:
    table = tabulate(((vote.item, vote.value) for vote in votes), domain)
    found = alpha_with_interval(table, level="nominal")
    if found is None:
        return GroupAgreement(group, group, None, None, None, len(table))
    return GroupAgreement(group, group, found.value, found.low, found.high, found.items)


def _between(a: str, b: str, x: Sequence[Said], y: Sequence[Said], domain: Sequence[str]) -> GroupAgreement:
    import numpy as np

    both = sorted({vote.item for vote in x}, key=str)
    place = {item: row for row, item in enumerate(both)}
    column = {value: n for n, value in enumerate(domain)}
    tables = np.zeros((2, len(both), len(domain)), dtype=np.int64)
    for side, votes in enumerate((x, y)):
        for vote in votes:
            tables[side, place[vote.item], column[vote.value]] += 1
    return _estimate(a, b, len(both), lambda rows: cross_reliability(tables[0][rows], tables[1][rows]))


def _estimate(
    group: str, other: str, items: int, value: "Callable[[Counts], float | None]"
) -> GroupAgreement:
    import numpy as np

    found = value(np.arange(items))
    rng = np.random.default_rng(SEED)
    drawn = [one for _ in range(RESAMPLES) if (one := value(rng.integers(0, items, items))) is not None]
    if found is None or len(drawn) * 2 < RESAMPLES:
        return GroupAgreement(group, other, found, None, None, items)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return GroupAgreement(group, other, found, float(low), float(high), items)
