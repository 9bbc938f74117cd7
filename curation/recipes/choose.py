"""From conversations to the chosen ones: one per cluster by the keep policy, then the quotas. Django-free; nothing uncounted."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from curation.recipes.spec import Recipe

DUPLICATES = ("near_duplicate", "exact_duplicate")
NOT_CURATED, SEMANTIC, OVER_QUOTA = "not_curated", "semantic_duplicate", "over_quota"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation that passed the filters. `name` is the same wherever the same data lies: it orders and draws.

    `similarity` is its Jaccard similarity to the one that stands for its cluster; `when` and `size` and `rating` are what
    keep policies look at.
    """

    version: UUID
    name: str
    cluster: str
    similarity: float
    is_representative: bool
    drop_reason: str
    done: bool
    stratum: tuple[str, ...]
    when: float = 0.0
    size: int = 0
    rating: int = 0


@dataclass(frozen=True, slots=True)
class Short:
    """A stratum that gave less or more than was asked of it."""

    stratum: str
    asked: int
    available: int
    given: int


@dataclass(frozen=True)
class Choice:
    """What was chosen, in an order that depends on nothing but the data, and why the rest was not."""

    chosen: tuple[Conversation, ...]
    left_out: Counter[str]
    report: tuple[Short, ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """sha256 of the names of what was chosen: the same choice has the same one."""
        return hashlib.sha256("\n".join(one.name for one in self.chosen).encode()).hexdigest()


Sampler = Callable[[Sequence[Conversation], Recipe], tuple[Iterable[Conversation], Sequence[Short]]]


def choose(
    conversations: Iterable[Conversation],
    recipe: Recipe,
    sampler: Sampler,
    accepted: Collection[tuple[UUID, UUID]] = (),
) -> Choice:
    """The choice of a recipe; `accepted` are pairs that people said are the same: of each the one that is kept less leaves."""
    left_out: Counter[str] = Counter()
    groups: dict[str, list[Conversation]] = defaultdict(list)
    for one in conversations:
        if not one.done:
            left_out[NOT_CURATED] += 1
        elif one.drop_reason and one.drop_reason not in DUPLICATES:
            left_out[one.drop_reason] += 1
        else:
            groups[_group(one, recipe.threshold)].append(one)
    order = KEEP[recipe.keep]
    kept, home = {}, {}
    for members in groups.values():
        members.sort(key=lambda one: (order(one), one.name))
        kept[members[0].version] = members[0]
        home.update(dict.fromkeys((one.version for one in members), members[0].version))
        left_out["near_duplicate"] += len(members) - 1
    if recipe.leave_out_accepted:
        left_out[SEMANTIC] += _without_accepted(kept, home, accepted, order)
    ordered = sorted(kept.values(), key=lambda one: one.name)
    report: Sequence[Short] = ()
    if recipe.total is not None:
        before = len(ordered)
        drawn, report = sampler(ordered, recipe)
        ordered = sorted(drawn, key=lambda one: one.name)
        left_out[OVER_QUOTA] += before - len(ordered)
    return Choice(tuple(ordered), +left_out, tuple(report))


def _group(one: Conversation, threshold: float) -> str:
    """Its cluster; what is less alike than the recipe asks for stands for itself."""
    return one.cluster if one.is_representative or one.similarity >= threshold else str(one.version)


def _without_accepted(
    kept: dict[UUID, Conversation],
    home: Mapping[UUID, UUID],
    accepted: Collection[tuple[UUID, UUID]],
    order: Callable[[Conversation], tuple[float, ...]],
) -> int:
    """A pair is about all that its two are near-duplicates of: whoever is kept of their clusters, by `home`, stands for them."""
    gone = 0
    pairs = {frozenset(home[one] for one in pair) for pair in accepted if all(one in home for one in pair)}
    for pair in sorted(pairs, key=lambda pair: sorted(kept[one].name for one in pair)):
        both = [kept[one] for one in pair if one in kept]
        if len(both) > 1:
            del kept[max(both, key=lambda one: (order(one), one.name)).version]
            gone += 1
    return gone


KEEP: dict[str, Callable[[Conversation], tuple[float, ...]]] = {
    "canonical": lambda one: (not one.is_representative, bool(one.drop_reason), -one.size),
    "newest": lambda one: (-one.when,),
    "longest": lambda one: (-one.size,),
    "best_rated": lambda one: (-one.rating, -one.size),
}
"""By which order the first of a cluster is kept; ties go by name, so that the same data keeps the same one."""
