"""Screen a conversation against the quarantine: segment by segment for exact matches, as a whole for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import TokenHasher
from curation.containment import ContainmentIndex, Hit, place_of
from curation.excerpts import Segment
from curation.folding import words

MOST_HITS = 50


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
    """What was found, the strongest first; `more` counts findings beyond those that are kept."""

    findings: tuple[Finding, ...] = ()
    more: int = 0

    @property
    def clean(self) -> bool:
        """Nothing held out stands in it."""
        return not self.findings

    @property
    def item_id(self) -> int | None:
        """The item of the strongest finding."""
        return self.findings[0].item_id if self.findings else None

    @property
    def evidence(self) -> dict[str, Any]:
        """The evidence of the strongest finding."""
        return self.findings[0].evidence if self.findings else {}


CLEAN = Verdict()


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
    counts = [len(own) for own in read]
    kept = tuple(_finding(hit, parts, counts) for hit in hits[:MOST_HITS])
    return Verdict(kept, len(hits) - len(kept))


def _moved(hit: Hit, by: int) -> Hit:
    run = (hit.run[0] + by, hit.run[1] + by)
    return Hit(hit.item_id, hit.method, hit.score, hit.start + by, hit.end + by, hit.kind, run)


def _finding(hit: Hit, parts: Sequence[Segment], counts: Sequence[int]) -> Finding:
    spans = _spans(hit.start, hit.end, parts, counts)
    longest = max(_spans(*hit.run, parts, counts), key=_length, default=None)
    most = max(spans, key=_length)
    evidence = {"method": hit.method, "score": hit.score, "of": hit.kind, **most, "spans": spans, "longest": longest}
    return Finding(hit.item_id, hit.method, hit.score, evidence)


def _length(span: dict[str, int]) -> int:
    return span["end"] - span["start"]


def _spans(start: int, end: int, parts: Sequence[Segment], counts: Sequence[int]) -> list[dict[str, int]]:
    """The stretch of words [start, end) as character offsets in every part it touches."""
    found: list[dict[str, int]] = []
    at = 0
    for part, count in zip(parts, counts, strict=True):
        low, high = max(start - at, 0), min(end - at, count)
        if low < high:
            first, last = place_of(part.text, low, high)
            found.append({"message": part.message, "part": part.part, "start": first, "end": last})
        at += count
    return found
