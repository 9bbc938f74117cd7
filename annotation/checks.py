"""Does somebody answer without reading? Five checks with stated false-alarm rates; none of them is a measure of being right.

Each counts hits among chances of one annotator against a limit that honest people stay below, as an e-value that may be
looked at every day (sequential.py). An alarm is e >= 1/ALARM: at most one honest annotator in a thousand is ever
accused by one check. For the side that is exact, since sides are drawn at random. For the others it holds for everybody
whose chance of a hit stays under the limit named below, which simulated honest crowds keep (tests).
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from .sequential import anytime_p, e_above, e_of_a_coin, mean

ALARM = 0.001
SKIM = 1500
"""Words a minute nobody reads at; careful readers are near 240 (Brysbaert 2019), skimmers below 700."""
FAR_BELOW_PEERS = 1 / 3
TOO_FAST = 0.1
"""An honest person clicks through at most one answer in ten."""
REPEATS, LONGER, ALIKE = 0.8, 0.8, 0.9
"""Limits of repeating one's last key, of taking the longer answer, of answering exactly like one other person; where
peers come near, the limit is halfway between them and always."""
SAME_WORDS, LEAST_CHARACTERS = 0.02, 25


class Check(StrEnum):
    """What is looked for."""

    SIDE = "side"
    SAME_KEY = "same_key"
    LONGER = "longer"
    SPEED = "speed"
    COPY = "copy"
    SAME_WORDS = "same_words"


@dataclass(frozen=True, slots=True)
class CheckedVote:
    """One answer as the checks read it, in the order given; `words` is what had to be read, None is not known."""

    item: Hashable
    annotator: Hashable
    answer: Hashable
    key: str | None
    left: bool | None
    longer: bool | None
    seconds: float | None
    words: float | None
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Hits among chances of one check, the limit they are held against, and the p-value valid at any time."""

    check: Check
    hits: int
    of: int
    limit: float
    p_value: float
    partner: Hashable | None = None

    @property
    def alarm(self) -> bool:
        """Whether a lead should look at this person's work."""
        return self.p_value <= ALARM


def check_annotators(votes: Sequence[CheckedVote]) -> dict[Hashable, list[Finding]]:
    """Every check that has something to count, by annotator."""
    own, by_item = _grouped(votes, lambda v: v.annotator), _grouped(votes, lambda v: v.item)
    flips = {
        who: [a.key == b.key for a, b in pairwise(v for v in mine if v.key)] for who, mine in own.items()
    }
    longer = {who: [v.longer for v in mine if v.longer is not None] for who, mine in own.items()}
    repeats_of, longer_of = _shares_of_others(flips), _shares_of_others(longer)
    copies = _Copies(by_item.values())
    found = {}
    for who, mine in own.items():
        sided = [v.left for v in mine if v.left is not None]
        fast = [too for v in mine if (too := _too_fast(v, by_item[v.item])) is not None]
        found[who] = [
            *_coin(sided),
            *_above(Check.SAME_KEY, flips[who], halfway(REPEATS, repeats_of(who))),
            *_above(Check.LONGER, longer[who], halfway(LONGER, longer_of(who))),
            *_above(Check.SPEED, fast, TOO_FAST),
            *copies.findings(who),
        ]
    return found


def halfway(limit: float, peers: float | None) -> float:
    """The limit, or halfway between peers and always where that is more."""
    return limit if peers is None else min(0.99, max(limit, (1 + peers) / 2))


def _coin(sided: list[bool]) -> list[Finding]:
    if not sided:
        return []
    hits, n = sum(sided), len(sided)
    return [Finding(Check.SIDE, hits, n, 0.5, anytime_p(e_of_a_coin(hits, n)))]


def _above(check: Check, hits: Sequence[bool], limit: float) -> list[Finding]:
    if not hits:
        return []
    return [
        Finding(check, sum(hits), len(hits), limit, anytime_p(e_above(sum(hits), len(hits), limit=limit)))
    ]


def _too_fast(vote: CheckedVote, on_item: Sequence[CheckedVote]) -> bool | None:
    """Faster than anybody reads, and far below what peers took for the same texts; None without peers to compare with."""
    peers = [v.seconds for v in on_item if v.annotator != vote.annotator and v.seconds]
    if vote.seconds is None or not vote.words or not peers:
        return None
    skimmed = vote.words / max(vote.seconds, 0.001) * 60 > SKIM
    return skimmed and vote.seconds < FAR_BELOW_PEERS * statistics.median(peers)


def _shares_of_others(hits: Mapping[Hashable, Sequence[bool]]) -> Callable[[Hashable], float | None]:
    """The share of hits among everybody but one."""
    total, n = sum(map(sum, hits.values())), sum(map(len, hits.values()))

    def share(who: Hashable) -> float | None:
        rest = n - len(hits[who])
        return (total - sum(hits[who])) / rest if rest else None

    return share


class _Copies:
    """How often people answered exactly like somebody before them, and in exactly the same words.

    Nobody copies an answer that is not there yet: an item counts against whoever answered it later.
    """

    def __init__(self, items: Iterable[Sequence[CheckedVote]]) -> None:
        self.shared: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
        self.alike: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
        self.worded: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
        self.echoed: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
        for votes in items:
            for place, one in enumerate(votes):
                for other in votes[:place]:
                    if one.annotator != other.annotator:
                        self._count(one, other)
        pairs = sum(c.total() for c in self.shared.values())
        self.usual = sum(c.total() for c in self.alike.values()) / pairs if pairs else None

    def _count(self, one: CheckedVote, other: CheckedVote) -> None:
        who, partner = one.annotator, other.annotator
        self.shared[who][partner] += 1
        self.alike[who][partner] += one.answer == other.answer
        mine, theirs = _plain(one.rationale), _plain(other.rationale)
        if min(len(mine), len(theirs)) >= LEAST_CHARACTERS:
            self.worded[who][partner] += 1
            self.echoed[who][partner] += mine == theirs

    def findings(self, who: Hashable) -> list[Finding]:
        """The mean evidence over all partners; the one named is the one it speaks of most."""
        return [
            *_over_partners(Check.COPY, self.shared[who], self.alike[who], halfway(ALIKE, self.usual)),
            *_over_partners(Check.SAME_WORDS, self.worded[who], self.echoed[who], SAME_WORDS),
        ]


def _over_partners(
    check: Check, chances: Counter[Hashable], hits: Counter[Hashable], limit: float
) -> list[Finding]:
    if not chances:
        return []
    evidence = {partner: e_above(hits[partner], n, limit=limit) for partner, n in chances.items()}
    closest = max(evidence, key=lambda partner: (evidence[partner], chances[partner]))
    p = anytime_p(mean(evidence.values()))
    return [Finding(check, hits[closest], chances[closest], limit, p, closest)]


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _grouped(
    votes: Sequence[CheckedVote], key: Callable[[CheckedVote], Hashable]
) -> dict[Hashable, list[CheckedVote]]:
    groups: dict[Hashable, list[CheckedVote]] = defaultdict(list)
    for vote in votes:
        groups[key(vote)].append(vote)
    return groups
