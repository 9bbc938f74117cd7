"""Which two answers to put before a person: pure choice among answers to the same question."""

import random
import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from .features import content_words
from .filters import canonical

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SAME_QUESTION = 0.7
MOST_PER_GROUP = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """One answered request: `group` joins the same and near-same prompts, `generator` names variant or model."""

    key: UUID
    group: Hashable
    generator: str
    session: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two requests whose answers are worth comparing, and why they belong together."""

    a: UUID
    b: UUID
    source: str


def same_question(one: str, other: str) -> bool:
    """Near-duplicate prompts may still ask different things: numbers must match, and most content words."""
    if canonical(one).casefold() == canonical(other).casefold():
        return True
    if sorted(_NUMBER.findall(one)) != sorted(_NUMBER.findall(other)):
        return False
    ours, theirs = content_words(one), content_words(other)
    if not ours or not theirs:
        return False
    return len(ours & theirs) / len(ours | theirs) >= SAME_QUESTION


def source_of(a: Asked, b: Asked) -> str | None:
    """variants: two generators answered; regeneration: one generator was asked again in the same session."""
    if a.generator != b.generator:
        return "variants"
    return "regeneration" if a.session and a.session == b.session else None


def propose(asked: Iterable[Asked], *, per_group: int, seed: int) -> Iterator[Proposal]:
    """At most `per_group` pairs of each group in a seeded order; each answer is used once within its group."""
    groups: dict[Hashable, list[Asked]] = {}
    for one in asked:
        groups.setdefault(one.group, []).append(one)
    rng = random.Random(seed)
    order = [members for members in groups.values() if len(members) > 1]
    rng.shuffle(order)
    for members in order:
        rng.shuffle(members)
        yield from _of_group(members[:MOST_PER_GROUP], per_group)


def _of_group(members: list[Asked], per_group: int) -> Iterator[Proposal]:
    used: set[UUID] = set()
    made = 0
    for a, b in combinations(members, 2):
        if made >= per_group:
            return
        source = source_of(a, b)
        if source is None or a.key in used or b.key in used or not same_question(a.text, b.text):
            continue
        used.update((a.key, b.key))
        made += 1
        yield Proposal(a.key, b.key, source)
