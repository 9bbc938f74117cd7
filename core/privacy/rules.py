"""Redaction rules as versioned data: a stored row names the rule set it passed, so rules may change without doubt about the past."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from core.privacy.default_rules import DEFAULT_NAME, DEFAULT_RULES, DEFAULT_SENSITIVE_KEYS, DEFAULT_VERSION
from core.privacy.literals import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern and how little work it needs to be ruled out.

    `anchors` are literals of which one must be present before the pattern is tried at all, `gate` is a cheap pattern that
    must be found first, and `near_digits` restricts the search to windows around long digit runs. `check` names a validator
    in `core.privacy.checks`, `group` is the part of the match that is replaced. Order in the set is priority.
    """

    id: str
    kind: str
    pattern: str
    anchors: tuple[str, ...] = ()
    gate: str = ""
    check: str = ""
    group: int = 0
    near_digits: bool = False


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule beside its compiled pattern."""

    rule: Rule
    regex: re.Pattern[str]
    gate: re.Pattern[str] | None

    @classmethod
    def of(cls, rule: Rule) -> CompiledRule:
        """Compile once per rule set."""
        return cls(rule, re.compile(rule.pattern), re.compile(rule.gate) if rule.gate else None)


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
    clean_keys: set[str] = field(default_factory=set, repr=False, compare=False)
    key_names: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def as_data(self) -> dict[str, Any]:
        """The JSON form that is stored as an asset version."""
        return {
            "name": self.name,
            "version": self.version,
            "sensitive_keys": self.sensitive_keys,
            **({"tagger": self.tagger} if self.tagger else {}),
            **({"literals": [one.as_data() for one in self.literals]} if self.literals else {}),
            **({"spared": sorted(self.spared)} if self.spared else {}),
            "rules": [{**asdict(rule), "anchors": list(rule.anchors)} for rule in self.rules],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RuleSet:
        """Rebuild from `as_data`; raises KeyError, TypeError or re.error on a set that cannot be used."""
        rules = tuple(Rule(**{**rule, "anchors": tuple(rule.get("anchors", ()))}) for rule in data["rules"])
        made = cls(
            str(data["name"]),
            int(data["version"]),
            rules,
            str(data["sensitive_keys"]),
            str(data.get("tagger", "")),
            tuple(Literal.from_data(one) for one in data.get("literals", ())),
            frozenset(map(str, data.get("spared", ()))),
        )
        _ = made.near, made.anywhere, made.secret_names, made.presence
        return made

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
    def near(self) -> tuple[CompiledRule, ...]:
        """Rules tried only around digit runs."""
        return tuple(CompiledRule.of(rule) for rule in self.rules if rule.near_digits)

    @cached_property
    def anywhere(self) -> tuple[CompiledRule, ...]:
        """Rules tried on the whole text once an anchor was seen."""
        return tuple(CompiledRule.of(rule) for rule in self.rules if not rule.near_digits)

    @cached_property
    def presence(self) -> re.Pattern[str]:
        """Any anchor or gate of any rule: one pass settles most short texts."""
        parts = {re.escape(anchor) for rule in self.rules for anchor in rule.anchors}
        parts |= {rule.gate for rule in self.rules if rule.gate}
        return re.compile("|".join(sorted(parts)) or r"(?!)")

    @cached_property
    def secret_names(self) -> re.Pattern[str]:
        """Attribute names whose value is replaced whatever it looks like."""
        return re.compile(self.sensitive_keys)


@lru_cache(maxsize=1)
def default_rules() -> RuleSet:
    """The set this release ships."""
    rules = tuple(Rule(**rule) for rule in DEFAULT_RULES)
    return RuleSet(DEFAULT_NAME, DEFAULT_VERSION, rules, DEFAULT_SENSITIVE_KEYS)
