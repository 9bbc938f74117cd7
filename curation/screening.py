"""Screen a conversation against the quarantine: segment by segment for exact matches, as a whole for everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.text import TokenHasher
from curation.containment import ContainmentIndex, Hit
from curation.excerpts import Segment
from curation.folding import places, words


@dataclass(frozen=True, slots=True)
class Finding:
    """One item that stands in a conversation: by which method, how much of it, and where.

    Evidence names the part that holds most of it (`message`, `part`, `start`, `end`), every part it touches (`spans`) and the
    longest run copied word for word (`longest`); all offsets are characters of the part's text.
    """

    item_id: int
    method: str
    score: float
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, the strongest first. `cleared` are the items that people cleared in this content, `base` the
    earlier screening that it goes on from.
    """

    findings: tuple[Finding, ...] = ()
    cleared: frozenset[int] = frozenset()
    base: int | None = None

    @property
    def clean(self) -> bool:
        """Nothing held out stands in it, beyond what people cleared."""
        return all(one.item_id in self.cleared for one in self.findings)

    @property
    def item_id(self) -> int | None:
        """The item of the strongest finding."""
        return self.findings[0].item_id if self.findings else None

    @property
    def evidence(self) -> dict[str, Any]:
        """The evidence of the strongest finding."""
        return self.findings[0].evidence if self.findings else {}


Places = Sequence[tuple[int, int]]
CLEAN = Verdict()
Look = Callable[[str, Sequence[Segment]], Verdict]


def screen(parts: Sequence[Segment], index: ContainmentIndex, hasher: TokenHasher | None = None) -> Verdict:
    """The verdict over all segments together; raises nothing, an empty quarantine finds everything clean."""
    if not index.entries:
        return CLEAN
    hasher = hasher or TokenHasher()
    read = [words(part.text) for part in parts]
    found: dict[int, Hit] = {}
    at = 0
    for part, own in zip(parts, read, strict=True):
        for hit in index.exact(own, part.text):
            found.setdefault(hit.item_id, _moved(hit, at))
        at += len(own)
    for hit in index.find_in([word for own in read for word in own], hasher):
        found.setdefault(hit.item_id, hit)
    if not found:
        return CLEAN
    hits = sorted(found.values(), key=lambda hit: -hit.score)
    placed = [places(part.text) for part in parts]
    return Verdict(tuple(_finding(hit, parts, placed) for hit in hits))


def _moved(hit: Hit, by: int) -> Hit:
    run = (hit.run[0] + by, hit.run[1] + by)
    return Hit(hit.item_id, hit.method, hit.score, hit.start + by, hit.end + by, hit.kind, run)


def _finding(hit: Hit, parts: Sequence[Segment], placed: Sequence[Places]) -> Finding:
    spans = _spans(hit.start, hit.end, parts, placed)
    longest = max(_spans(*hit.run, parts, placed), key=_length, default=None)
    most = max(spans, key=_length)
    evidence = {
        "method": hit.method,
        "score": hit.score,
        "of": hit.kind,
        **most,
        "spans": spans,
        "longest": longest,
    }
    return Finding(hit.item_id, hit.method, hit.score, evidence)


def _length(span: dict[str, int]) -> int:
    return span["end"] - span["start"]


def _spans(start: int, end: int, parts: Sequence[Segment], placed: Sequence[Places]) -> list[dict[str, int]]:
    """The stretch of words [start, end) as character offsets in every part it touches."""
    found: list[dict[str, int]] = []
    at = 0
    for part, own in zip(parts, placed, strict=True):
        low, high = max(start - at, 0), min(end - at, len(own))
        if low < high:
            found.append(
                {"message": part.message, "part": part.part, "start": own[low][0], "end": own[high - 1][1]}
            )
        at += len(own)
    return found
