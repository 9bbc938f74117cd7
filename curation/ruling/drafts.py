"""The next version of a project's rules, before it is one: what it starts from, and whether each rule can be used."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from django.utils.translation import gettext as _

from core.errors import NotFound, Refused
from core.params import whole_number
from core.privacy import Rule, RuleSet, default_rules
from core.privacy.checks import check_named
from curation.models import AssetVersion
from curation.ruling.sets import usable_rules

NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
KIND = re.compile(r"[a-z][a-z_]{1,23}")
LONGEST_PATTERN = 2_000
_LOOPS = (constants.MAX_REPEAT, constants.MIN_REPEAT)


@dataclass(frozen=True, slots=True)
class Offered:
    """A rule a draft may hold, whether it does, and where it comes from."""

    rule: Rule
    chosen: bool
    shipped: bool


def base_of(project_id: uuid.UUID, current: AssetVersion, start: str) -> RuleSet:
    """What a draft starts from: the rules in force (""), those this release ships, or an earlier version by number.

    Values that people reported or spared are kept whatever it starts from.
    """
    held = usable_rules(current.body, project_id)
    if not start:
        return held
    if start == "shipped":
        base = default_rules()
    else:
        found = AssetVersion.objects.filter(asset_id=current.asset_id, number=whole_number(start)).first()
        if found is None:
            raise NotFound("rules_not_found", _("There is no such version of the rules in this project."))
        base = usable_rules(found.body, project_id)
    return replace(base, literals=held.literals, spared=held.spared, key_names={})


def offered(base: RuleSet, chosen: set[str] | None = None) -> list[Offered]:
    """The rules of the base and those this release ships beside them, in order of priority."""
    shipped = {rule.id: rule for rule in default_rules().rules}
    held = {rule.id for rule in base.rules}
    rules = [*base.rules, *(rule for name, rule in shipped.items() if name not in held)]
    return [
        Offered(rule, rule.id in (held if chosen is None else chosen), rule == shipped.get(rule.id))
        for rule in rules
    ]


def with_rules(base: RuleSet, names: set[str], changed: Rule | None, **fields: Any) -> RuleSet:
    """The draft: these rules of the offered ones, one of them changed or added, and other lane or keys."""
    rules = [
        one.rule
        for one in offered(base)
        if one.rule.id in names and (changed is None or one.rule.id != changed.id)
    ]
    if changed is not None:
        places = [place for place, one in enumerate(base.rules) if one.id == changed.id]
        rules.insert(min(places[0], len(rules)) if places else 0, changed)
    return replace(base, rules=tuple(rules), key_names={}, **fields)


def sound(rules: RuleSet) -> RuleSet:
    """The set again, every rule usable; raises Refused with the rule's name and what is wrong with it."""
    names = [rule.id for rule in rules.rules]
    if not names and not rules.tagger:
        raise Refused("no_rules", _("A version without rules would store everything as it came."))
    for name in names:
        if names.count(name) > 1:
            raise _bad(name, _("two rules have this name"))
    shipped = set(default_rules().rules)
    for rule in rules.rules:
        if rule not in shipped:
            _check(rule)
    try:
        keys = re.compile(rules.sensitive_keys)
    except re.error as error:
        raise _bad(_("names of secret attributes"), str(error)) from error
    if keys.search("") or (
        rules.sensitive_keys != default_rules().sensitive_keys and _runs_away(rules.sensitive_keys)
    ):
        raise _bad(_("names of secret attributes"), _("this pattern matches everything, or may never end"))
    try:
        return RuleSet.from_data(rules.as_data())
    except ValueError as error:
        raise Refused("bad_rule", str(error)) from error


def _check(rule: Rule) -> None:
    if not NAME.fullmatch(rule.id):
        raise _bad(rule.id, _("a name has 2 to 40 lower-case letters, digits and _"))
    if not KIND.fullmatch(rule.kind):
        raise _bad(rule.id, _("a kind has 2 to 24 lower-case letters and _"))
    try:
        check_named(rule.check)
    except KeyError as error:
        raise _bad(rule.id, _("there is no such check")) from error
    for pattern in filter(None, (rule.pattern, rule.gate, rule.context)):
        _check_pattern(rule.id, pattern)
    if not rule.pattern or not 0 <= rule.group <= re.compile(rule.pattern).groups:
        raise _bad(rule.id, _("the pattern has no group of this number"))


def _check_pattern(name: str, pattern: str) -> None:
    if len(pattern) > LONGEST_PATTERN:
        raise _bad(name, _("the pattern is longer than 2,000 characters"))
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise _bad(name, str(error)) from error
    if compiled.search("") is not None:
        raise _bad(name, _("the pattern matches nothing at all, and so everywhere"))
    if _runs_away(pattern):
        raise _bad(
            name, _("a repetition inside a repetition without an end, as in (a+)+, may search for hours")
        )


def _runs_away(pattern: str) -> bool:
    """Whether an endless repetition holds another one and nothing fixed that tells its rounds apart, as in (a+)+."""
    return _nested(parser.parse(pattern))


def _nested(parsed: Any) -> bool:
    for operation, argument in parsed:
        if operation in _LOOPS:
            body = argument[2]
            if argument[1] == constants.MAXREPEAT and _endless(body) and not _fixed(body):
                return True
            if _nested(body):
                return True
        elif any(_nested(part) for part in _parts(operation, argument)):
            return True
    return False


def _endless(parsed: Any) -> bool:
    return any(
        (operation in _LOOPS and (argument[1] == constants.MAXREPEAT or _endless(argument[2])))
        or any(_endless(part) for part in _parts(operation, argument))
        for operation, argument in parsed
    )


def _fixed(parsed: Any) -> bool:
    """Whether every way through holds a character that is there exactly once."""
    return any(
        operation in (constants.LITERAL, constants.NOT_LITERAL, constants.IN)
        or (operation is constants.SUBPATTERN and _fixed(argument[-1]))
        or (operation is constants.BRANCH and all(_fixed(part) for part in argument[1]))
        for operation, argument in parsed
    )


def _parts(operation: Any, argument: Any) -> list[Any]:
    """The patterns an operation holds."""
    if operation is constants.SUBPATTERN:
        return [argument[-1]]
    if operation is constants.BRANCH:
        return list(argument[1])
    if operation in (constants.ASSERT, constants.ASSERT_NOT):
        return [argument[1]]
    return []


def _bad(name: str, why: str) -> Refused:
    return Refused("bad_rule", _("%(name)s: %(why)s.") % {"name": name, "why": why}, rule=name)
