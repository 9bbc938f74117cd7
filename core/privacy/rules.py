"""Redaction rules as versioned data: a stored row names the rule set it passed, so rules may change without doubt about the past."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from core.privacy import screens
from core.privacy.checks import check_named
from core.privacy.default_rules import (
    DEFAULT_NAME,
    DEFAULT_RULES,
    DEFAULT_SENSITIVE_KEYS,
    DEFAULT_TAGGER,
    DEFAULT_VERSION,
)
from core.privacy.literals import Literal
from core.privacy.rule import CompiledRule, Rule
from core.privacy.screening import Screen
from core.privacy.unchanged import Unchanged

__all__ = ["CompiledRule", "Rule", "RuleSet", "RulesRefused", "default_rules", "structured_rules"]

FOLDED = "folded"
UNSEEN = "unseen"
PHONE_KEY = re.compile(
    r"(?ai)(?:phone|mobile|cell|fax|msisdn|whatsapp|(?:^|[^a-z])tel)(?:[_\-. ]?(?:number|num|no|nr))?$"
)
PIN_KEY = re.compile(
    r"(?ai)(?:(?:new|old|current|user|card|bank|atm|sim|access|login|security|confirm)[_\-. ]?)?pin"
)
_PIN_KEY_SCREEN = r"(?i)(?:[\x00-\x20\"\\._\-]|new|old|current|user|card|bank|atm|sim|access|login|security|confirm|^)pin(?:$|[\"\\])"
_PHONE_KEY_SCREEN = r"(?i)(?:phone|mobile|cell|fax|msisdn|whatsapp|(?:^|[^a-z])tel)(?:[_\-. ]?(?:number|num|no|nr))?(?:$|[\"\\])"


class RulesRefused(ValueError):
    """A rule set that cannot be used; the message names the rule and the reason."""


@dataclass(frozen=True)
class RuleSet:
    """A named, numbered, hashed list of rules, and the names of attributes whose whole value is secret.

    `tagger` names the model that finds people and addresses in free text; empty is the structured lane alone. `literals`
    are single values people reported, `spared` surrogates of values that are to stay as they are.
    """

    name: str
    version: int
    rules: tuple[Rule, ...]
    sensitive_keys: str
    tagger: str = ""
    literals: tuple[Literal, ...] = ()
    spared: frozenset[str] = frozenset()
    key_names: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def as_data(self) -> dict[str, Any]:
        """The JSON form that is stored as an asset version."""
        return {
            "name": self.name,
            "version": self.version,
            "sensitive_keys": self.sensitive_keys,
            **({"tagger": self.tagger} if self.tagger else {}),
            **({"literals": [one.as_data() for one in self.literals]} if self.literals else {}),
            **({"spared": sorted(self.spared)} if self.spared else {}),
            "rules": [rule.as_data() for rule in self.rules],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RuleSet:
        """Rebuild from `as_data`; raises RulesRefused with the reason on a set that cannot be used."""
        try:
            rules = tuple(Rule.from_data(rule) for rule in data["rules"])
            made = cls(
                str(data["name"]),
                int(data["version"]),
                rules,
                str(data["sensitive_keys"]),
                str(data.get("tagger", "")),
                tuple(Literal.from_data(one) for one in data.get("literals", ())),
                frozenset(map(str, data.get("spared", ()))),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RulesRefused(f"This is no rule set: {error}") from error
        made.check()
        return made

    def check(self) -> None:
        """Compile everything now; raises RulesRefused with the rule and the reason."""
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) != len(ids):
            raise RulesRefused("Two rules have the same id.")
        for rule in self.rules:
            try:
                found = CompiledRule.of(rule)
                check_named(rule.check)
            except (re.error, ValueError, KeyError, UnicodeEncodeError) as error:
                raise RulesRefused(f"Rule {rule.id} cannot be used: {error}") from error
            if not 0 <= rule.group <= found.regex.groups:
                raise RulesRefused(f"Rule {rule.id} cannot be used: there is no group {rule.group}.")
        try:
            _ = self.secret_names, self.screen, self.compiled
        except (re.error, ValueError) as error:
            raise RulesRefused(f"The rules cannot be used together: {error}") from error

    @cached_property
    def sha256(self) -> str:
        """Identity of the content; two sets with the same rules are the same set."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def label(self) -> str:
        """What a row or page shows: `structured@1`."""
        return f"{self.name}@{self.version}"

    @cached_property
    def order(self) -> dict[str, int]:
        """Rule id → priority (lower wins where two hits overlap)."""
        return {rule.id: place for place, rule in enumerate(self.rules)}

    @cached_property
    def compiled(self) -> tuple[CompiledRule, ...]:
        """The rules in order, ready to be tried."""
        return tuple(CompiledRule.of(rule) for rule in self.rules)

    @cached_property
    def screen(self) -> Screen:
        """What could match in a text or in JSON."""
        others = {
            FOLDED: (screens.FOLDED,),
            UNSEEN: (screens.UNSEEN,),
            "escaped": (screens.ESCAPED,),
            "data_url": (screens.DATA_URL,),
            "base64": (screens.BASE64,),
            "tokens": (screens.TOKENS,),
            "card_integer": (screens.CARD_INTEGER, screens.DIGITS),
            "card_double": (screens.CARD_DOUBLE, screens.DIGITS),
            "keys": (screens.key_screen(self.sensitive_keys),),
            "phone_keys": (_PHONE_KEY_SCREEN,),
            "pin_keys": (_PIN_KEY_SCREEN,),
        }
        revealing = {FOLDED, UNSEEN, "escaped", "data_url", "base64"}
        return Screen([rule.screens for rule in self.rules], others, revealing=revealing)

    @cached_property
    def reads_everything(self) -> bool:
        """No screen speaks for a tagger, for literals, or for a rule that has none: they must see every text themselves."""
        return bool(self.tagger or self.literals or self.screen.blind)

    def suspects(self, data: bytes) -> bool:
        """False only if nothing in these bytes can be redacted, so the value need not be walked.

        `data` is the UTF-8 JSON of a value, or texts joined by NUL.
        """
        return self.reads_everything or bool(self.screen.met(data))

    @cached_property
    def structured(self) -> RuleSet:
        """The same set without its tagger."""
        return replace(self, tagger="", key_names={}) if self.tagger else self

    @cached_property
    def unchanged(self) -> Unchanged:
        """Texts that every rule was tried on and that none changed."""
        return Unchanged()

    @cached_property
    def secret_names(self) -> re.Pattern[str]:
        """Attribute names whose value is replaced whatever it looks like."""
        return screens.key_pattern(self.sensitive_keys)


@lru_cache(maxsize=1)
def default_rules() -> RuleSet:
    """The set this release ships."""
    rules = tuple(Rule.from_data(rule) for rule in DEFAULT_RULES)
    return RuleSet(DEFAULT_NAME, DEFAULT_VERSION, rules, DEFAULT_SENSITIVE_KEYS, DEFAULT_TAGGER)


@lru_cache(maxsize=1)
def structured_rules() -> RuleSet:
    """The shipped set without its tagger: what has a shape, and nothing else is read."""
    return default_rules().structured
