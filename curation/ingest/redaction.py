"""A project's redaction: its current rules and its key, and one span passed through the choke point."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.db import transaction

from core.errors import Unavailable
from core.keyring import project_key
from core.privacy import RuleSet, SurrogateKey, default_rules, redact
from core.privacy.surrogates import is_surrogate, surrogate
from curation.bodies import packed
from curation.formats.identity import INSIDE, SESSION_KEYS, USER_KEYS
from curation.formats.json_text import encoded, value_of
from curation.formats.spans import Span
from curation.ingest.body_copies import OPENERS, may_hold_ids, without_ids
from curation.ingest.tokens import carry_tokens
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from curation.ruling.sets import usable_rules

SURROGATES = "surrogates"
PSEUDONYMS = dict.fromkeys(USER_KEYS, "user") | dict.fromkeys(SESSION_KEYS, "session")
NESTED = {
    name: dict.fromkeys(people, "user") | dict.fromkeys(sessions, "session")
    for name, (people, sessions) in INSIDE.items()
}
NAMING = PSEUDONYMS.keys() | NESTED.keys()
TOOL_SIGNS = frozenset(
    {"gen_ai.tool.name", "gen_ai.tool.call.id", "gen_ai.tool.call.arguments", "tool.name", "tool.parameters"}
)
WORDS = re.compile(
    r"tool|function|messages|^gen_ai\.(?:prompt|completion)|^llm\.(?:prompts|completions)|output|result"
)
"""Attributes that hold words of a conversation and arguments of tools, not what a caller said about itself."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """What redacts one project's traces: `rules_id` is the rule version that every stored row names."""

    rules_id: int
    rules: RuleSet
    keys: SurrogateKey
    seals: bool = False


_remembered: dict[uuid.UUID, int] = {}


def remembered_redactor(project_id: uuid.UUID) -> Redactor:
    """As `redactor_for`, with the rules this process used last: for who checks, before the commit, that they still hold."""
    rules_id = _remembered.get(project_id)
    if rules_id is None:
        redactor = redactor_for(project_id)
        _remembered[project_id] = redactor.rules_id
        return redactor
    key = project_key(project_id, SURROGATES)
    return Redactor(rules_id, _rules(rules_id), SurrogateKey(key.id, key.secret))


def forget_redactor(project_id: uuid.UUID) -> None:
    """The rules have moved on."""
    _remembered.pop(project_id, None)


def redactor_for(project_id: uuid.UUID) -> Redactor:
    """The project's redactor; at first use the rules of this release become the project's first version."""
    asset = Asset.objects.filter(project_id=project_id, kind=AssetKind.REDACTION_RULES).first()
    if asset is None or asset.current_id is None:
        asset = _first_rules(project_id)
    key = project_key(project_id, SURROGATES)
    return Redactor(asset.current_id or 0, _rules(asset.current_id or 0), SurrogateKey(key.id, key.secret))


@dataclass(frozen=True, slots=True)
class Redacted:
    """A span as it may be stored, its packed body, and counts of what was replaced by kind."""

    span: Span
    body: bytes
    counts: Mapping[str, int]
    originals: Mapping[str, str] = field(default_factory=dict, repr=False)


def redacted(span: Span, redactor: Redactor) -> Redacted:
    """The span as it may be stored, packed; raises RedactionFailed."""
    originals: dict[str, str] = {}
    if redactor.seals:
        redactor = replace(redactor, keys=replace(redactor.keys, originals=originals))
    clean, counts = redact_span(span, redactor)
    return Redacted(clean, packed(clean), counts, originals)


def words_of(span: Span, keys: SurrogateKey) -> dict[str, Any]:
    """What of a span is searched, people and sessions under stable other names.

    Ids and times stay outside: they are numbers the product itself made sense of, and a long one may look
    like a card number.
    """
    known = _known(span["attributes"], span["resource"])
    return {
        "name": span["name"],
        "status_message": span["status_message"],
        "attributes": pseudonymous(span["attributes"], keys, known),
        "resource": pseudonymous(span["resource"], keys, known),
        "scope": span["scope"],
        "events": [
            {"name": event["name"], "attributes": pseudonymous(event["attributes"], keys, known)}
            for event in span["events"]
        ],
    }


def redact_span(span: Span, redactor: Redactor) -> tuple[Span, Mapping[str, int]]:
    """The span as it may be stored, and counts of what was replaced by kind; raises RedactionFailed."""
    done = redact(words_of(span, redactor.keys), keys=redactor.keys, rules=redactor.rules)
    clean = done.value
    carry_tokens(clean["attributes"], done.marks)
    events = [
        one | {"time": event["time"]} for one, event in zip(clean["events"], span["events"], strict=True)
    ]
    return {**span, **clean, "events": events}, done.counts


def pseudonymous(
    attributes: dict[str, Any], keys: SurrogateKey, known: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Attributes with people and sessions under stable other names, also in the copies they hold of a request.

    `known` are raw ids that the span names in other attributes, with their kind.
    """
    named = _by_name(attributes, keys)
    known = _known(attributes) if known is None else known
    of_tool = not TOOL_SIGNS.isdisjoint(attributes) or attributes.get("openinference.span.kind") == "TOOL"
    copies: dict[str, Any] = {}
    for name, value in named.items():
        if not isinstance(value, dict) and not (isinstance(value, str) and value[:1] in OPENERS):
            continue
        asks = not of_tool and WORDS.search(name) is None
        if (asks or _names_one(value, known)) and may_hold_ids(value):
            clean = without_ids(value, known, _namer(keys), asks=asks)
            if clean is not value:
                copies[name] = clean
    return named | copies if copies else named


def _names_one(value: Any, known: Mapping[str, str]) -> bool:
    """Whether a known id may stand in what holds words of the conversation, which is read for nothing else."""
    return any(raw in value for raw in known) if isinstance(value, str) else bool(known)


def _known(*attributes: Mapping[str, Any]) -> dict[str, str]:
    """Raw ids of people and sessions that attributes name, with their kind."""
    return {
        str(one[name]): PSEUDONYMS[name]
        for one in attributes
        if not one.keys().isdisjoint(PSEUDONYMS)
        for name in PSEUDONYMS.keys() & one.keys()
        if one[name] not in (None, "") and not is_surrogate(str(one[name]))
    }


def _namer(keys: SurrogateKey) -> Callable[[str, str], str]:
    make = surrogate if keys.originals is not None else _pseudonym
    return lambda kind, raw: make(kind, raw, keys)


def _by_name(attributes: dict[str, Any], keys: SurrogateKey) -> dict[str, Any]:
    if attributes.keys().isdisjoint(NAMING):
        return attributes
    clean: dict[str, Any] = _named(attributes, PSEUDONYMS, keys)
    for name in NESTED.keys() & attributes.keys():
        inner = value_of(attributes[name])
        if isinstance(inner, dict) and (found := _named_inside(inner, NESTED[name], keys)):
            clean[name] = encoded(inner | found) if isinstance(attributes[name], str) else inner | found
    return attributes | clean


def _named_inside(value: dict[str, Any], kinds: Mapping[str, str], keys: SurrogateKey) -> dict[str, Any]:
    """What is to be named otherwise in JSON, and in the metadata that request parameters hold."""
    found, deeper = _named(value, kinds, keys), value.get("metadata")
    if isinstance(deeper, dict) and (named := _named(deeper, kinds, keys)):
        found["metadata"] = deeper | named
    return found


def _named(value: dict[str, Any], kinds: Mapping[str, str], keys: SurrogateKey) -> dict[str, Any]:
    named = surrogate if keys.originals is not None else _pseudonym
    return {
        name: named(kinds[name], str(value[name]), keys)
        for name in kinds.keys() & value.keys()
        if value[name] not in (None, "") and not is_surrogate(str(value[name]))
    }


_pseudonym = lru_cache(maxsize=4096)(surrogate)
"""Every span of a session names it, and its user: no need to make the same name again and again. Not for the vault: a name
that is remembered would not be sealed, and its key would be remembered with the originals of another span."""


def _first_rules(project_id: uuid.UUID) -> Asset:
    rules = default_rules()
    with transaction.atomic():
        asset, _ = Asset.objects.select_for_update().get_or_create(
            project_id=project_id, kind=AssetKind.REDACTION_RULES, name=rules.name
        )
        if asset.current_id is None:
            asset.current = AssetVersion.objects.create(
                project_id=project_id, asset=asset, number=1, sha256=rules.sha256, body=rules.as_data()
            )
            asset.save(update_fields=["current"])
    return asset


@lru_cache(maxsize=64)
def _rules(version_id: int) -> RuleSet:
    """A rule set that cannot be used stops the way in: nothing is stored unredacted."""
    version = AssetVersion.objects.get(pk=version_id)
    try:
        return usable_rules(version.body, version.project_id)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise Unavailable(
            "redactor_unavailable", "The redaction rules of this project cannot be used, so nothing is taken in.",
            hint="An administrator puts an earlier version of the rules back.",
        ) from error  # fmt: skip
