"""Redact one text to a fixed point: replacing may bring characters together that match anew, so look again until nothing does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.privacy.adjust import adjusted
from core.privacy.detect import find_hits
from core.privacy.rules import RuleSet
from core.privacy.surrogates import SURROGATE, SurrogateKey, fitting

MAX_PASSES = 32


class NotSettled(Exception):
    """Replacing kept producing new hits; the caller fails closed."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A surrogate standing at [start, end) of the redacted text."""

    start: int
    end: int
    kind: str
    rule_id: str
    text: str


def redact_text(text: str, key: SurrogateKey, rules: RuleSet) -> tuple[str, list[Replacement]]:
    """The redacted text and its replacements in order; raises NotSettled when no fixed point is reached."""
    made: dict[str, Replacement] = {}
    current, replaced = _once(text, key, rules)
    if not replaced:
        return text, []
    passes = 1
    while replaced:
        made.update((one.text, one) for one in replaced)
        last = replaced
        if passes == MAX_PASSES:
            raise NotSettled
        current, replaced = _once(current, key, rules)
        passes += 1
    return current, last if passes == 2 else located(current, made.values())


def located(text: str, replaced: Iterable[Replacement]) -> list[Replacement]:
    """Where the surrogates of these replacements stand in this text."""
    by_text = {one.text: one for one in replaced}
    return [
        Replacement(match.start(), match.end(), one.kind, one.rule_id, one.text)
        for match in SURROGATE.finditer(text)
        if (one := by_text.get(match.group())) is not None
    ]


def _once(text: str, key: SurrogateKey, rules: RuleSet) -> tuple[str, list[Replacement]]:
    hits = find_hits(text, rules)
    if rules.literals or rules.spared:
        hits = adjusted(text, hits, key, rules)
    if not hits:
        return text, []
    pieces: list[str] = []
    replaced: list[Replacement] = []
    at = length = 0
    for place, hit in enumerate(hits, 1):
        start, end = _around_surrogates(text, hit.start, hit.end)
        start = max(start, at)
        pieces.append(text[at:start])
        before = (pieces[-1] or (pieces[-2] if len(pieces) > 1 else ""))[-2:]
        after = "0" if place < len(hits) and hits[place].start <= end else text[end : end + 2]
        stand_in = fitting(hit.kind, hit.normal, key, text[hit.start : hit.end], before, after)
        pieces.append(stand_in)
        length += start - at
        replaced.append(Replacement(length, length + len(stand_in), hit.kind, hit.rule_id, stand_in))
        length += len(stand_in)
        at = end
    pieces.append(text[at:])
    return "".join(pieces), replaced


def _around_surrogates(text: str, start: int, end: int) -> tuple[int, int]:
    """Never cut an earlier surrogate in half: a hit that touches one swallows it whole."""
    for match in SURROGATE.finditer(text, max(0, start - 64), min(len(text), end + 64)):
        if match.start() < end and start < match.end():
            start, end = min(start, match.start()), max(end, match.end())
    return start, end
