"""Which numbers about groups of people may be shown, now and next to everything shown before.

A report divides the votes of a stratum among groups. Whoever reads it may know who worked when, may add rows up and may
subtract yesterday's report. So votes are released in batches: of each batch, every cell and everything outside it is at
least `K` people. A report is made of released votes only: levels for cells, rounded shares over all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = 5
"""The fewest people a number may be about."""

STEP = 0.1
"""Whatever is said of a group is rounded to this: exact numbers beside known votes would tell who is in it."""

P = TypeVar("P")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class GroupVote(Generic[V, P]):
    """One vote; `group` is None where nothing was said, where that was the answer, or where it was released so."""

    vote: V
    person: P
    stratum: str
    group: str | None


def groups_alone(cells: Mapping[str | None, set[P]]) -> frozenset[str] | None:
    """Groups of one stratum that may stand alone beside the rest; None where no division may be shown.

    A group of fewer than `K` people joins the rest, and so does the next one while the rest is too few: the number
    left out would follow from the others. People who stand in two cells protect neither.
    """
    left = {group: set(people) for group, people in cells.items() if people}
    while small := _small(left):
        named = [group for group in left if group is not None]
        if not named:
            return None
        fewest = min(named, key=lambda group: (len(left[group]), group))
        folded = [group for group in small if group is not None] or [fewest]
        for group in folded:
            left.setdefault(None, set()).update(left.pop(group))
    return frozenset(group for group in left if group is not None) if len(left) > 1 else None


def _small(cells: Mapping[str | None, set[P]]) -> list[str | None]:
    several: dict[P, int] = defaultdict(int)
    for people in cells.values():
        for person in people:
            several[person] += 1
    return [group for group, people in cells.items() if sum(several[one] == 1 for one in people) < K]


def releasable(pending: Iterable[GroupVote[V, P]]) -> list[GroupVote[V, P]]:
    """Votes of the strata that may be released now, under the group they may be released with; the others wait."""
    released = []
    for votes in _by_stratum(pending).values():
        alone = groups_alone(_people(votes))
        if alone is not None:
            released += [_under(vote, alone) for vote in votes]
    return released


@dataclass(frozen=True, slots=True)
class Level:
    """What is said of one group in one stratum: that at least `K` people judged there, and whether often enough."""

    group: str
    shown: bool
    covered: bool


def levels(
    released: Iterable[GroupVote[V, P]], *, groups: Iterable[str], min_votes: int
) -> dict[str, list[Level]]:
    """Per stratum the level of each group; strata of which nothing may be said are not in it."""
    found = {}
    for stratum, votes in sorted(_by_stratum(released).items()):
        alone = groups_alone(_people(votes))
        if alone is not None:
            given = Counter(vote.group for vote in votes)
            found[stratum] = [
                Level(one, one in alone, one in alone and given[one] >= min_votes) for one in groups
            ]
    return found


def shares(released: Sequence[GroupVote[V, P]], groups: Iterable[str]) -> dict[str, float | None]:
    """Each group's share of all released votes, rounded to `STEP`; None where it stands alone nowhere."""
    given = Counter(vote.group for vote in standing(released))
    return {one: rounded(given[one] / len(released)) if given[one] else None for one in groups}


def rounded(value: float) -> float:
    """To the next `STEP`."""
    return round(round(value / STEP) * STEP, 6) + 0.0


def standing(released: Iterable[GroupVote[V, P]]) -> list[GroupVote[V, P]]:
    """Released votes that still belong to a group that stands alone: what statistics of groups are made of."""
    found = []
    for votes in _by_stratum(released).values():
        alone = groups_alone(_people(votes)) or frozenset()
        found += [vote for vote in votes if vote.group in alone]
    return found


def _under(vote: GroupVote[V, P], alone: frozenset[str]) -> GroupVote[V, P]:
    if vote.group is None or vote.group in alone:
        return vote
    return GroupVote(vote.vote, vote.person, vote.stratum, None)


def _by_stratum(votes: Iterable[GroupVote[V, P]]) -> dict[str, list[GroupVote[V, P]]]:
    found: dict[str, list[GroupVote[V, P]]] = defaultdict(list)
    for vote in votes:
        found[vote.stratum].append(vote)
    return found


def _people(votes: Iterable[GroupVote[V, P]]) -> dict[str | None, set[P]]:
    found: dict[str | None, set[P]] = defaultdict(set)
    for vote in votes:
        found[vote.group].add(vote.person)
    return found
