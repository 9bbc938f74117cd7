"""One redaction rule as data, and compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from core.privacy import screens


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern, and what must be there before it is worth trying.

    `screen` are patterns of `core.privacy.screens` that must all match; without one it is made from `anchors` (literals of
    which one must be present), `gate` (a cheap pattern) and `near_digits` (a long digit run). Digit rules (`near_digits`) also
    see exotic dashes and spaces as plain ones. `context` must match shortly before or after the hit. `check` names a
    validator in `core.privacy.checks`, `group` is the part of the match that is replaced. Order in the set is priority.
    """

    id: str
    kind: str
    pattern: str
    anchors: tuple[str, ...] = ()
    gate: str = ""
    check: str = ""
    group: int = 0
    near_digits: bool = False
    screen: tuple[str, ...] = ()
    context: str = ""

    def as_data(self) -> dict[str, Any]:
        """The JSON form; what came later is written only where it is used, so that old sets keep their identity."""
        data: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        data["anchors"] = list(self.anchors)
        for name in ("screen", "context"):
            value = data.pop(name)
            if value:
                data[name] = list(value) if isinstance(value, tuple) else value
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Rule:
        """Rebuild from `as_data`."""
        many = {name: tuple(data.get(name, ())) for name in ("anchors", "screen")}
        return cls(**{**data, **many})

    @property
    def screens(self) -> tuple[str, ...]:
        """What must match in the raw bytes wherever this rule matches."""
        if self.screen:
            return self.screen
        made: list[str] = []
        if self.anchors:
            literals = [screens.literal(anchor) for anchor in self.anchors]
            made.append(screens.EVERYTHING if screens.EVERYTHING in literals else "|".join(literals))
        if self.gate:
            made.append(self.gate)
        if self.near_digits:
            made.append(screens.DIGIT_RUN)
        return tuple(made) or (screens.EVERYTHING,)


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule beside its compiled patterns; `locator` finds the places of a long text where it is worth trying."""

    rule: Rule
    regex: re.Pattern[str]
    locator: re.Pattern[bytes]
    context: re.Pattern[str] | None

    @classmethod
    def of(cls, rule: Rule) -> CompiledRule:
        """Compile once per rule set. Where case is ignored only ASCII letters are letters, as in the screens."""
        flags = re.ASCII if "(?i)" in rule.pattern else 0
        return cls(
            rule,
            re.compile(rule.pattern, flags),
            screens.compiled(rule.screens[0]),
            re.compile(rule.context, re.ASCII | re.IGNORECASE) if rule.context else None,
        )
