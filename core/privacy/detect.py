"""Find identifiers and secrets in one text: one screening pass, then patterns only where they can match, checks only on hits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.privacy import screens
from core.privacy.checks import check_named
from core.privacy.folds import fold, fold_separators, seen_places, without_unseen
from core.privacy.rules import FOLDED, UNSEEN, CompiledRule, RuleSet
from core.privacy.screening import Met
from core.privacy.surrogates import find_surrogates

SHORTEST = 6
MASK = "\x1f"
_STAND_IN_SIGNS = ("X", "[", "redacted")
_SHORT_TEXT = 400
_BEFORE = 72
_REACH_DIGITS, _REACH = 160, 4096
_CONTEXT_BEFORE, _CONTEXT_AFTER = 48, 16


@dataclass(slots=True)
class Hit:
    """One place to replace, in the coordinates of the text that was searched."""

    start: int
    end: int
    rule_id: str
    kind: str
    normal: str


def find_hits(text: str, rules: RuleSet, met: Met | None = None, lead: str | None = "") -> list[Hit]:
    """Non-overlapping hits in order; where two overlap the rule listed first wins (what is left of the other is searched again).

    `met` is what the screen saw in this very text, where that is known already. `lead` is what the tagger reads before the
    text; None for an encoding of texts that it reads one by one.
    """
    if len(text) < SHORTEST and not lead:
        return []
    if met is None:
        met = rules.screen.met(screens.spelled(text))
    hits = _structured(text, rules, met) if met.rules or met.others else []
    if UNSEEN in met.others and (searched := masked(text)) != (plain := without_unseen(searched)):
        return _seen_through(searched, find_hits(plain, rules, None, lead), hits)
    return _with_entities(text, rules.tagger, hits, lead) if rules.tagger and lead is not None else hits


def masked(text: str) -> str:
    """Earlier surrogates as white space of the same length: no rule meets them, and offsets stay true."""
    pieces: list[str] = []
    at = 0
    for found in find_surrogates(text):
        pieces += (text[at : found.start()], MASK * len(found.group()))
        at = found.end()
    return "".join(pieces) + text[at:] if pieces else text


def _seen_through(text: str, without: list[Hit], within: list[Hit]) -> list[Hit]:
    """Hits of a text without what is not seen in it, where they stand in the text, and beside them those of the text itself."""
    places = seen_places(text)
    hits = [
        Hit(places[hit.start], places[hit.end - 1] + 1, hit.rule_id, hit.kind, hit.normal) for hit in without
    ]
    apart = [one for one in within if not any(one.start < hit.end and hit.start < one.end for hit in hits)]
    return sorted([*hits, *apart], key=lambda hit: hit.start)


def _structured(text: str, rules: RuleSet, met: Met) -> list[Hit]:
    if FOLDED in met.others:
        text = fold(text)
        met = rules.screen.met(screens.spelled(text))
    if not met.rules:
        return []
    searched = masked(text)
    if searched is not text:
        met = rules.screen.met(screens.spelled(searched))
    data = screens.encoded(text)
    plain = fold_separators(searched)
    hits: list[Hit] = []
    for place in met.rules:
        one = rules.compiled[place]
        hits += _matches(one, plain if one.rule.near_digits else searched, data)
    return _disjoint(hits, rules.order) if len(hits) > 1 else hits


def _with_entities(text: str, model: str, hits: list[Hit], lead: str) -> list[Hit]:
    """People and addresses beside the structured hits; where they overlap the structured one stays.

    Stand-ins that look like a name all have an X, a bracket or the word, so most texts need not be searched for them.
    """
    from core.privacy.tagger import find_entities, normal

    searched = fold(masked(text) if any(map(text.__contains__, _STAND_IN_SIGNS)) else text)
    found = find_entities(lead + searched, model)
    if not found:
        return hits
    taken = [(-len(lead), 0), *((hit.start, hit.end) for hit in hits)]
    entities = [
        Hit(start, end, f"tagger_{kind}", kind, normal(kind, searched[start:end]))
        for start, end, kind in _without(found, len(lead))
        if not any(start < high and low < end for low, high in taken)
    ]
    return sorted([*hits, *entities], key=lambda hit: hit.start) if entities else hits


def _without(found: list[tuple[int, int, str]], lead: int) -> list[tuple[int, int, str]]:
    return [(start - lead, end - lead, kind) for start, end, kind in found] if lead else found


def _matches(compiled: CompiledRule, text: str, data: bytes) -> Iterator[Hit]:
    rule = compiled.rule
    check = check_named(rule.check)
    for match in _candidates(compiled, text, data):
        normal = check(match, rule.group)
        if normal is None or (compiled.context is not None and not _in_context(compiled.context, match)):
            continue
        start, end = match.span(rule.group)
        while start < end and text[start] == " ":
            start += 1
        yield Hit(start, end, rule.id, rule.kind, normal)


def _in_context(context: re.Pattern[str], match: re.Match[str]) -> bool:
    """A word of the context shortly before or after; one that the window cuts is none."""
    text, start, end = match.string, match.start(), match.end()
    before = context.search(text, max(0, start - _CONTEXT_BEFORE), start)
    after = context.search(text, end, end + _CONTEXT_AFTER + 1)
    return before is not None or (after is not None and after.end() <= end + _CONTEXT_AFTER)


def _candidates(compiled: CompiledRule, text: str, data: bytes) -> Iterator[re.Match[str]]:
    """Matches of the exact pattern; in a long text only around the places its screen points at."""
    if len(text) <= _SHORT_TEXT:
        yield from compiled.regex.finditer(text)
        return
    done = 0
    reach = _REACH_DIGITS if compiled.rule.near_digits else _REACH
    locator = compiled.locator if compiled.rule.screens[0] else None
    for low, high in screens.windows(locator, text, data, _BEFORE, reach):
        at = max(low, done)
        while (match := compiled.regex.search(text, at, high)) is not None:
            if match.end() > high - 8 and high < len(text):
                match = compiled.regex.match(text, match.start()) or match
            yield match
            done = at = max(match.end(), match.start() + 1)


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
