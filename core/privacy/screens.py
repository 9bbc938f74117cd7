"""One pass of google-re2 over raw bytes says which rules could match in a value at all; what it clears needs no second look.

A screen is a pattern that matches wherever its rule matches, in a text and in any serialised form of it: canonical JSON, JSON
inside JSON strings, protobuf. It is written for bytes and for re2 (no lookaround), and uses these tokens:

    ‹ ›   edges of a word: no letter or digit beside it
    «     the edge before a letter, where a backslash is half of an escape
    ␣     one separator: space, dash, dot, slash, bracket, exotic or escaped ones too     ␣*  any number of them

Characters that JSON may escape (quotes, backslash, control, non-ASCII) must not stand in a screen except inside a class that
also takes a backslash; a slash is widened by `raw`. Any other escaped printable character is suspicious in itself (ESCAPED).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import re2  # type: ignore[import-untyped]

MEMORY = 256 << 20
_KNOWN = 4096
SEPARATOR = (
    r"(?:[ .\-/()\\]|\xe2\x80[\x87\x90-\x95\xaf]|\xe2\x88\x92|\xc2\xa0|\xef\xbc[\x88\x89\x8f]"
    r"|\\u(?:201[0-5]|2212|00[aA]0|2007|202[fF]|[fF]{2}0[89fF]))"
)
EDGE_BEFORE = r"(?:^|[^0-9A-Za-z]|\\[nrtbf]|\\u[0-9A-Fa-f]{4})"
WORD_EDGE = r"(?:^|[^0-9A-Za-z\\]|\\\\|\\[nrtbf]|\\u[0-9A-Fa-f]{4})"
EDGE_AFTER = r"(?:$|[^0-9A-Za-z])"
ESCAPED = r"\\u00(?:2[013-589a-fA-F]|3[0-9abdfABDF]|[4-7][0-9a-fA-F])"
FOLDED = (
    r"\xef\xbc[\x85\x8b\x8d\x8e\x90-\x99\x9d\xa0-\xbf]|\xef\xbd[\x81-\x9a]|\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]|\xe0\xa5[\xa6-\xaf]"
    r"|\\u(?:[fF]{2}(?:05|0[bBdDeE]|1[0-9dD]|[23][0-9a-fA-F]|4[1-9a-fA-F]|5[0-9aA])|06[67]|06[fF]|096[6-9a-fA-F])"
)
DATA_URL = r"(?i)(?:text|json|xml|x-www-form-urlencoded)[^,\s]*;base64,"
TOKENS = r"(?:token_)?logprob"
CARD_INTEGER = "‹(?:[3-6][0-9]{11,18}|(?:2131|1800|2[2-7][0-9]{2})[0-9]{11,12})›"
DIGIT_RUN = "[0-9](?:[0-9]|␣){5,}[0-9]"
EVERYTHING = ""
_UNSAFE = re.compile(r"[^ !#-%(-.0-;=?-\[\]-~]+")
_LONGEST_KEY_HEAD = r"(?i)(?:^|[._\-])"


Match = Callable[[bytes], list[int]]


class ScreenRefused(ValueError):
    """A screen that re2 cannot use, with the reason."""


def raw(pattern: str) -> bytes:
    """The pattern re2 gets: tokens spelled out, slashes as JSON may write them, everything else as it stands."""
    wide = pattern.replace("/", r"\\*/").replace("␣", SEPARATOR).replace("«", WORD_EDGE)
    return wide.replace("‹", EDGE_BEFORE).replace("›", EDGE_AFTER).encode("ascii")


def spelled(text: str) -> bytes:
    """A text as its screens see it: in UTF-8, backslashes doubled as in JSON, where a single one is half of an escape."""
    data = text.encode("utf-8", "surrogatepass")
    return data.replace(b"\\", b"\\\\") if b"\\" in data else data


def literal(text: str) -> str:
    """The longest part of an anchor that stands unescaped in every serialised form; EVERYTHING when there is none."""
    parts = _UNSAFE.split(text)
    return re.escape(max(parts, key=len)) if any(parts) else EVERYTHING


def key_screen(sensitive: str) -> str:
    """Where a name of the sensitive keys could stand as a key; a pattern of another form cannot be screened."""
    if not (sensitive.startswith(_LONGEST_KEY_HEAD + "(?:") and sensitive.endswith(")$")):
        return EVERYTHING
    names = sensitive.removeprefix(_LONGEST_KEY_HEAD).removesuffix("$")
    return rf"(?i)(?:^|[\x00-\x20._\-\"\\])(?:{names})(?:$|[\"\\])"


def compiled(pattern: str) -> re.Pattern[bytes]:
    """A single screen, to find the places where its rule is worth trying; raises ScreenRefused."""
    try:
        return re2.compile(raw(pattern), _options())  # type: ignore[no-any-return]
    except re2.error as error:
        raise ScreenRefused(f"re2 cannot use this screen: {error}") from error


def windows(
    locator: re.Pattern[bytes] | None, text: str, data: bytes, before: int, reach: int
) -> list[tuple[int, int]]:
    """Stretches of the text around what a screen finds in its bytes, merged where they touch; all of it without a screen."""
    if locator is None:
        return [(0, len(text))]
    narrow = len(data) == len(text)
    found: list[tuple[int, int]] = []
    characters = counted = 0
    for match in locator.finditer(data):
        start, end = match.span()
        if not narrow:
            characters += len(data[counted:start].decode("utf-8", "ignore"))
            counted = start
            start, end = characters, characters + end - start
        low, high = max(0, start - before), min(len(text), end + reach)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = MEMORY
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    return options


@dataclass(frozen=True, slots=True)
class Met:
    """What one pass saw: places of rules that could match, and names of the screens that stand for no rule."""

    rules: tuple[int, ...]
    others: frozenset[str]


_NOTHING = Met((), frozenset())
_ONLY_ALWAYS = [0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule's screens, all of which must be met, and the group they are matched in."""

    screens: tuple[str, ...]
    group: int = 0


class Screen:
    """All screens of a rule set. Every group is one re2 set, one pass: patterns that count characters in the same places
    share a group, since the automaton of a set grows with the product of what its patterns count."""

    def __init__(
        self,
        rules: Sequence[Wanted],
        others: dict[str, str],
        *,
        harmless: frozenset[str] = frozenset(),
        revealing: frozenset[str] = frozenset(),
    ) -> None:
        """`others` stand for no rule: the `harmless` are no ground to look closer, behind the `revealing` anything may hide.

        A set with a rule that has no screen is `blind`: it clears nothing.
        """
        self._harmless, self._revealing = harmless, revealing
        self._sets: dict[int, re2.Set] = {}
        self._places: dict[tuple[int, bytes], tuple[int, int]] = {}
        for group in sorted({0, *(rule.group for rule in rules)}):
            self._sets[group] = re2.Set.SearchSet(_options())
            self._add("", group)
        self._rules = [tuple(self._add(one, rule.group) for one in rule.screens) for rule in rules]
        self.blind = any(all(place == 0 for _, place in needed) for needed in self._rules)
        self._others = {name: self._add(pattern, 0) for name, pattern in others.items()}
        for made in self._sets.values():
            made.Compile()
        self.matches: list[Match] = [made._set.Match for made in self._sets.values()]
        self._known: dict[tuple[tuple[int, ...], ...], Met] = {}
        if any(0 not in match(b"") for match in self.matches):
            raise ScreenRefused("re2 cannot hold this many screens")

    def _add(self, pattern: str, group: int) -> tuple[int, int]:
        known = (group, raw(pattern))
        if known not in self._places:
            try:
                self._places[known] = (group, self._sets[group].Add(known[1]))
            except re2.error as error:
                raise ScreenRefused(f"re2 cannot use this screen: {error}") from error
        return self._places[known]

    def met(self, data: bytes) -> Met:
        """What could match in these bytes; everything when re2 could not finish: it never fails open."""
        if self._clears(data):
            return _NOTHING
        seen = tuple(tuple(match(data)) for match in self.matches)
        known = self._known.get(seen)
        if known is None:
            known = self._remembered(seen)
        return known

    def _clears(self, data: bytes) -> bool:
        if self.blind:
            return False
        for match in self.matches:  # noqa: SIM110 (a generator costs as much as a pass)
            if match(data) != _ONLY_ALWAYS:
                return False
        return True

    def _remembered(self, seen: tuple[tuple[int, ...], ...]) -> Met:
        known = self._met(seen)
        if len(self._known) < _KNOWN:
            self._known[seen] = known
        return known

    def suspicious(self, data: bytes) -> list[Match]:
        """The passes that saw something worth a closer look in these bytes; empty when nothing in them can be redacted."""
        if self._clears(data):
            return []
        seen = tuple(tuple(match(data)) for match in self.matches)
        known = self._known.get(seen)
        if known is None:
            known = self._remembered(seen)
        if not known.rules and known.others <= self._harmless:
            return []
        if known.others & self._revealing:
            return self.matches
        return [match for match, places in zip(self.matches, seen, strict=True) if places != (0,)]

    def _met(self, seen: tuple[tuple[int, ...], ...]) -> Met:
        if any(0 not in places for places in seen):
            return Met(tuple(range(len(self._rules))), frozenset(self._others))
        found = {(group, place) for group, places in zip(self._sets, seen, strict=True) for place in places}
        rules = tuple(place for place, needed in enumerate(self._rules) if found.issuperset(needed))
        return Met(rules, frozenset(name for name, place in self._others.items() if place in found))
