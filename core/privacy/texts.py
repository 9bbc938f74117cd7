"""Redact one text to a fixed point: replacing may bring characters together that match anew, so look again until nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.privacy.adjust import adjusted
from core.privacy.detect import find_hits
from core.privacy.folds import without_unseen
from core.privacy.offsets import Edit, composed
from core.privacy.rules import RuleSet
from core.privacy.screening import Met
from core.privacy.surrogates import SURROGATE, SurrogateKey, find_surrogates, fitting

MAX_PASSES = 32


class NotSettled(Exception):
    """Replacing kept producing new hits; the caller fails closed."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A surrogate standing at [start, end) of the redacted text, for [source_start, source_end) of the text before."""

    start: int
    end: int
    kind: str
    rule_id: str
    text: str
    source_start: int
    source_end: int

    @property
    def edit(self) -> Edit:
        """Where it was and where it is."""
        return Edit(self.source_start, self.source_end, self.start, self.end)


def redact_text(
    text: str, key: SurrogateKey, rules: RuleSet, met: Met | None = None, lead: str | None = ""
) -> tuple[str, list[Replacement]]:
    """The redacted text and its replacements in order; raises NotSettled when no fixed point is reached.

    `met` and `lead` are as in `find_hits`.
    """
    current, made = _once(text, key, rules, met, lead)
    if not made:
        return text, []
    for _ in range(MAX_PASSES):
        current, more = _once(current, key, rules, None, lead)
        if not more:
            return current, made
        made = followed(made, more)
    raise NotSettled


def located(text: str, replaced: Iterable[Replacement], source_length: int) -> list[Replacement]:
    """Where the surrogates of these replacements stand in this text, made from a whole text of that length."""
    by_text = {one.text: one for one in replaced}
    return [
        Replacement(match.start(), match.end(), one.kind, one.rule_id, one.text, 0, source_length)
        for match in SURROGATE.finditer(text)
        if (one := by_text.get(match.group())) is not None
    ]


def followed(first: list[Replacement], second: list[Replacement]) -> list[Replacement]:
    """Replacements of two passes as those of one: by where they stand in the last text."""
    edits = composed([one.edit for one in first], [one.edit for one in second])
    kept = [
        one
        for one in first
        if not any(one.start < later.source_end and later.source_start < one.end for later in second)
    ]
    by_source = {(one.source_start, one.source_end): one for one in kept}
    by_target = {(one.start, one.end): one for one in second}
    made = []
    for edit in edits:
        one = by_target.get((edit.new_start, edit.new_end)) or by_source[edit.start, edit.end]
        made.append(
            Replacement(edit.new_start, edit.new_end, one.kind, one.rule_id, one.text, edit.start, edit.end)
        )
    return sorted(made, key=lambda one: one.start)


def _once(
    text: str, key: SurrogateKey, rules: RuleSet, met: Met | None, lead: str | None
) -> tuple[str, list[Replacement]]:
    hits = find_hits(text, rules, met, lead)
    if rules.literals or rules.spared:
        hits = adjusted(text, hits, key, rules)
    if not hits:
        return text, []
    earlier = [found.span() for found in find_surrogates(text)]
    pieces: list[str] = []
    replaced: list[Replacement] = []
    at = length = 0
    for place, hit in enumerate(hits, 1):
        start, end = _around(earlier, hit.start, hit.end)
        start = max(start, at)
        pieces.append(text[at:start])
        before = (pieces[-1] or (pieces[-2] if len(pieces) > 1 else ""))[-2:]
        after = "0" if place < len(hits) and hits[place].start <= end else text[end : end + 2]
        like = without_unseen(text[hit.start : hit.end])
        stand_in = fitting(hit.kind, hit.normal, key, like, before, after)
        pieces.append(stand_in)
        length += start - at
        done = length + len(stand_in)
        replaced.append(Replacement(length, done, hit.kind, hit.rule_id, stand_in, start, end))
        length += len(stand_in)
        at = end
    pieces.append(text[at:])
    return "".join(pieces), replaced


def _around(surrogates: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Never cut an earlier surrogate in half: a hit that touches one swallows it whole."""
    for low, high in surrogates:
        if low < end and start < high:
            start, end = min(start, low), max(end, high)
    return start, end
