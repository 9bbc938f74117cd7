"""One pass of google-re2 over raw bytes says which rules could match in a value at all; what it clears needs no second look.

Screens that need many digits in a row stand behind a gate, which is part of the first pass: only where it is met the pass
behind it is run. An automaton runs as fast as its states fit the processor's caches, and those of digits are the many.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import re2  # type: ignore[import-untyped]

from core.privacy.screens import EVERYTHING, GATES, ScreenRefused, options, raw

Pass = Callable[[bytes], list[int]]
Seen = tuple[tuple[int, ...], ...]
"""Places met in the first pass, then in the pass behind each gate; `(0,)` where it was not run."""

_KNOWN = 4096
_ALWAYS = rb"\A"
_ONLY_ALWAYS = [0]
_MET_ALWAYS = _NOT_RUN = (0,)


@dataclass(frozen=True, slots=True)
class Met:
    """What was seen: places of rules that could match, names of the screens that stand for no rule, and what to look at closer.

    `behind` are the gates whose pass saw something: parts of the same bytes need no other.
    """

    rules: tuple[int, ...]
    others: frozenset[str]
    behind: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.rules or self.others)


class _Set:
    """Patterns for one pass. Place 0 is met by everything: what re2 could not finish meets nothing, and is told by that."""

    def __init__(self) -> None:
        self._made = re2.Set.SearchSet(options())
        self._places: dict[bytes, int] = {_ALWAYS: self._made.Add(_ALWAYS)}

    def add(self, pattern: str) -> int:
        """The place of a pattern; raises ScreenRefused."""
        known = raw(pattern)
        if known not in self._places:
            try:
                self._places[known] = self._made.Add(known)
            except re2.error as error:
                raise ScreenRefused(f"re2 cannot use this screen: {error}") from error
        return self._places[known]

    def ready(self) -> Pass:
        """The pass over these patterns; raises ScreenRefused."""
        self._made.Compile()
        match: Pass = self._made._set.Match
        if match(b"") != _ONLY_ALWAYS and 0 not in match(b""):
            raise ScreenRefused("re2 cannot hold this many screens")
        return match


class Screen:
    """All screens of a rule set."""

    def __init__(
        self,
        rules: Sequence[Sequence[str]],
        others: Mapping[str, Sequence[str]],
        *,
        revealing: Collection[str] = (),
    ) -> None:
        """Each rule is met where all of its screens are; `others` stand for no rule, and behind the `revealing` anything may hide."""
        sets = {gate: _Set() for gate in ("", *GATES)}
        self._gates = {gate: sets[""].add(gate) for gate in GATES}
        self._rules = [self._placed(one, sets) for one in rules]
        self._others = {name: self._placed(one, sets) for name, one in others.items()}
        self._revealing = frozenset(revealing)
        self.passes = {gate: sets[gate].ready() for gate in sets}
        self._known: dict[Seen, Met] = {}
        self._nothing = self._met((_MET_ALWAYS, *(_NOT_RUN for _ in GATES)))
        self.blind = bool(self._nothing)

    @staticmethod
    def _placed(screens: Sequence[str], sets: Mapping[str, _Set]) -> frozenset[tuple[str, int]]:
        gate = next((one for one in screens if one in GATES), "")
        own = [one for one in screens if one not in (gate, EVERYTHING)]
        places = {(gate, sets[gate].add(one)) for one in own}
        return frozenset({("", sets[""].add(gate)), *places} if gate else places)

    def met(self, data: bytes, behind: Collection[str] = GATES) -> Met:
        """What could match in these bytes; everything when re2 could not finish: it never fails open."""
        seen = self.passes[""](data)
        if seen == _ONLY_ALWAYS:
            return self._nothing
        key = (
            tuple(seen),
            *[
                tuple(self.passes[gate](data)) if place in seen and gate in behind else _NOT_RUN
                for gate, place in self._gates.items()
            ],
        )
        known = self._known.get(key)
        return self._remembered(key) if known is None else known

    def _remembered(self, seen: Seen) -> Met:
        known = self._met(seen)
        if len(self._known) < _KNOWN:
            self._known[seen] = known
        return known

    def _met(self, seen: Seen) -> Met:
        if any(0 not in places for places in seen):
            return Met(tuple(range(len(self._rules))), frozenset(self._others), frozenset(GATES))
        found = {(gate, place) for gate, places in zip(("", *GATES), seen, strict=True) for place in places}
        rules = tuple(place for place, needed in enumerate(self._rules) if found.issuperset(needed))
        others = frozenset(name for name, needed in self._others.items() if found.issuperset(needed))
        if others & self._revealing:
            return Met(rules, others, frozenset(GATES))
        return Met(
            rules,
            others,
            frozenset(gate for gate, places in zip(GATES, seen[1:], strict=True) if len(places) > 1),
        )
