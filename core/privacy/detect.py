"""Find identifiers and secrets in one text: cheap presence tests first, patterns only where they can match, checks only on hits."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from core.privacy.checks import CHECKS
from core.privacy.rules import CompiledRule, RuleSet

SHORTEST = 6
PRESENCE_BELOW = 800
_DIGIT_RUN = re.compile(r"[0-9][0-9 ().\-/]{5,}[0-9]")
_BEFORE, _AFTER = 40, 56
_FOLDABLE = re.compile(
    "[\u00a0\u2007\u202f\u2010-\u2015\u2212\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff03-\uff5a]"
)
_FOLD = (
    {0x00A0: " ", 0x2007: " ", 0x202F: " ", 0x2212: "-"}
    | dict.fromkeys(range(8208, 8214), "-")
    | {first + digit: str(digit) for first in (0x0660, 0x06F0, 0x0966) for digit in range(10)}
    | {code: chr(code - 0xFEE0) for code in range(0xFF03, 0xFF5B)}
)


@dataclass(slots=True)
class Hit:
    """One place to replace, in the coordinates of the text that was searched."""

    start: int
    end: int
    rule_id: str
    kind: str
    normal: str


def fold(text: str) -> str:
    """Exotic digits, dashes and spaces as ASCII, one character for one, so that offsets stay true."""
    if text.isascii() or _FOLDABLE.search(text) is None:
        return text
    return text.translate(_FOLD)


def find_hits(text: str, rules: RuleSet) -> list[Hit]:
    """Non-overlapping hits in order; where two overlap the rule listed first wins (what is left of the other is searched again)."""
    if len(text) < SHORTEST:
        return []
    searched = fold(text)
    hits: list[Hit] = []
    if len(searched) > PRESENCE_BELOW or rules.presence.search(searched) is not None:
        hits = [
            hit for rule in rules.anywhere if _present(rule, searched) for hit in _matches(rule, searched)
        ]
    windows = _windows(searched)
    if windows:
        hits += [
            hit for rule in rules.near for low, high in windows for hit in _matches(rule, searched, low, high)
        ]
    if len(hits) > 1:
        hits = _disjoint(hits, rules.order)
    return _with_entities(searched, rules.tagger, hits) if rules.tagger else hits


def _with_entities(text: str, model: str, hits: list[Hit]) -> list[Hit]:
    """People and addresses beside the structured hits; where they overlap the structured one stays."""
    from core.privacy.tagger import find_entities

    taken = [(hit.start, hit.end) for hit in hits]
    entities = [
        Hit(start, end, f"tagger_{kind}", kind, " ".join(text[start:end].casefold().split()))
        for start, end, kind in find_entities(text, model)
        if not any(start < high and low < end for low, high in taken)
    ]
    return sorted([*hits, *entities], key=lambda hit: hit.start) if entities else hits


def _present(compiled: CompiledRule, text: str) -> bool:
    for anchor in compiled.rule.anchors:
        if anchor in text:
            break
    else:
        if compiled.rule.anchors:
            return False
    return compiled.gate is None or compiled.gate.search(text) is not None


def _matches(compiled: CompiledRule, text: str, low: int = 0, high: int = sys.maxsize) -> Iterator[Hit]:
    rule = compiled.rule
    check = CHECKS[rule.check]
    for match in compiled.regex.finditer(text, low, high):
        normal = check(match, rule.group)
        if normal is None:
            continue
        start, end = match.span(rule.group)
        while start < end and text[start] == " ":
            start += 1
        yield Hit(start, end, rule.id, rule.kind, normal)


def _windows(text: str) -> list[tuple[int, int]]:
    """Stretches around long digit runs, merged where they touch."""
    found: list[tuple[int, int]] = []
    for run in _DIGIT_RUN.finditer(text):
        low, high = max(0, run.start() - _BEFORE), run.end() + _AFTER
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _disjoint(hits: list[Hit], order: dict[str, int]) -> list[Hit]:
    hits.sort(key=lambda hit: (hit.start, hit.end))
    kept: list[Hit] = []
    for hit in hits:
        last = kept[-1] if kept else None
        if last is None or hit.start >= last.end:
            kept.append(hit)
            continue
        if order[last.rule_id] <= order[hit.rule_id]:
            continue
        kept[-1] = Hit(last.start, max(last.end, hit.end), hit.rule_id, hit.kind, hit.normal)
    return kept
