"""Rule sets as a project uses them: read from a version, with the secrets its literals are matched by."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.keyring import project_key
from core.privacy import Rule, RuleSet

LITERALS = "literals"


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """How one set differs from the one before it; rules by id, changed ones as (before, after)."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[tuple[Rule, Rule], ...]
    lane: tuple[str, str] | None
    keys: tuple[str, str] | None
    literals: int
    spared: int

    @property
    def count(self) -> int:
        """How many things are different."""
        moved = len(self.added) + len(self.removed) + len(self.changed) + self.literals + self.spared
        return moved + (self.lane is not None) + (self.keys is not None)


def usable_rules(body: Mapping[str, Any], project_id: uuid.UUID) -> RuleSet:
    """The set of a stored body, its literals bound; raises KeyError, TypeError, ValueError or re.error."""
    return bound(RuleSet.from_data(body), project_id)


def bound(rules: RuleSet, project_id: uuid.UUID) -> RuleSet:
    """The same set with every literal able to match under the keyring's key it was made with."""
    if not rules.literals:
        return rules
    literals = tuple(
        one.bound(project_key(project_id, LITERALS, one.key_id).secret) for one in rules.literals
    )
    return replace(rules, literals=literals, key_names={})


def changes(before: RuleSet, after: RuleSet) -> RuleChanges:
    """What a reader of the version list wants to know."""
    old, new = {rule.id: rule for rule in before.rules}, {rule.id: rule for rule in after.rules}
    return RuleChanges(
        added=tuple(rule for name, rule in new.items() if name not in old),
        removed=tuple(rule for name, rule in old.items() if name not in new),
        changed=tuple((old[name], rule) for name, rule in new.items() if name in old and old[name] != rule),
        lane=(before.tagger, after.tagger) if before.tagger != after.tagger else None,
        keys=(before.sensitive_keys, after.sensitive_keys)
        if before.sensitive_keys != after.sensitive_keys
        else None,
        literals=len({one.digest for one in after.literals} ^ {one.digest for one in before.literals}),
        spared=len(after.spared ^ before.spared),
    )
