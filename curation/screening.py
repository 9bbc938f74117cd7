"""Screen a conversation against the quarantine: segment by segment for exact matches, as a whole for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import TokenHasher, tokens
from curation.containment import ContainmentIndex, Hit, evidence
from curation.excerpts import Segment

_JOIN = "\n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Clean, or a hit on one item with evidence that points into one part of the conversation."""

    clean: bool
    item_id: int | None = None
    evidence: dict[str, Any] | None = None


CLEAN = Verdict(True)


def screen(parts: Sequence[Segment], index: ContainmentIndex, hasher: TokenHasher | None = None) -> Verdict:
    """The verdict over all segments together; raises nothing, an empty quarantine finds everything clean."""
    if not index.entries:
        return CLEAN
    hasher = hasher or TokenHasher()
    words = [tokens(part.text) for part in parts]
    for part, own in zip(parts, words, strict=True):
        if own and (hit := index.exact(hasher(own))) is not None:
            return _hit(hit, part, part.text)
    hit = index.find_hashed(hasher([word for own in words for word in own]))
    if hit is None:
        return CLEAN
    return _locate(hit, parts, [len(own) for own in words])


def _locate(hit: Hit, parts: Sequence[Segment], counts: Sequence[int]) -> Verdict:
    """Cut the evidence to the segment that holds most of it: a person reads one place."""
    best, most, at = 0, -1, 0
    spans: list[tuple[int, int]] = []
    for place, count in enumerate(counts):
        start, end = max(hit.start - at, 0), min(hit.end - at, count)
        spans.append((start, end))
        if end - start > most:
            best, most = place, end - start
        at += count
    start, end = spans[best]
    return _hit(Hit(hit.item_id, hit.method, hit.score, start, end), parts[best], parts[best].text)


def _hit(hit: Hit, part: Segment, text: str) -> Verdict:
    found = evidence(text, hit)
    return Verdict(False, hit.item_id, {**found, "message": part.message, "part": part.part})
