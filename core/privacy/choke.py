"""`redact`: every string of a JSON-like value is searched, also keys, JSON inside strings and escaped characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.privacy.marks import Mark, RedactionFailed, pointer
from core.privacy.rules import RuleSet
from core.privacy.screens import GATES
from core.privacy.surrogates import SurrogateKey
from core.privacy.walk import Walk

__all__ = ["Mark", "Redacted", "RedactionFailed", "pointer", "redact"]

_STRICT = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


@dataclass(slots=True)
class Redacted:
    """The value that may be stored, where it was changed, how often by kind, and under which rules."""

    value: Any
    marks: list[Mark] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    rules: str = ""


def redact(value: Any, *, keys: SurrogateKey, rules: RuleSet) -> Redacted:
    """Redact a JSON-like value of str, int, float, bool, None, list, tuple and dict with string keys.

    The input is not changed. Idempotent: a redacted value comes back equal, without marks. Raises RedactionFailed on
    anything else, and on any inner error: the caller must then store no body.
    """
    behind = _worth_walking(value, rules)
    if behind is None:
        return Redacted(value, rules=rules.label)
    walk = Walk(keys, rules, behind)
    try:
        clean = walk.value(value)
    except RedactionFailed:
        raise
    except RecursionError:
        raise RedactionFailed("too_deep", "") from None
    except Exception as error:
        raise RedactionFailed(f"inner_{type(error).__name__}", "") from None
    counts = Counter(mark.kind for mark in walk.marks)
    return Redacted(clean, walk.marks, dict(counts), rules.label)


def _worth_walking(value: Any, rules: RuleSet) -> Collection[str] | None:
    """Screens the whole value as JSON: the gates that still matter inside it, None when nothing in it can be redacted.
    What JSON cannot carry is left to the walk, which says why not."""
    if rules.reads_everything:
        return GATES
    try:
        met = rules.screen.met(orjson.dumps(value, option=_STRICT))
    except TypeError:
        return GATES
    return met.behind if met else None
