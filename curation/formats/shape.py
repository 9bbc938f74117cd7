"""Whether a value has the shape of the normal form, read off its types: what is carried in from outside is checked first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from curation.conversation import Conversation, Part

Check = Callable[[Any, str], "str | None"]
NOT_CARRIED = {"schema", "attributes"}
PARTS = {
    "text": ("text",), "reasoning": ("text",), "tool_call": ("id", "name", "arguments"), "tool_result": ("id", "result"),
    "code_execution": (), "retrieval": ("documents",), "file": (), "data": ("name", "result"),
}  # fmt: skip
"""The types of parts, and the fields that later stations read without asking."""


def misshapen(fields: Mapping[str, Any]) -> str | None:
    """The path of the first thing that is no part of a conversation, None when all of it is one.

    `fields` are some of a conversation's; those that are there must be right.
    """
    checks = _fields()
    for name, value in fields.items():
        if name not in checks:
            return name
        if found := checks[name](value, name):
            return found
    return None


@lru_cache(maxsize=1)
def _fields() -> dict[str, Check]:
    hints = get_type_hints(Conversation, include_extras=True)
    return {name: _check(hint) for name, hint in hints.items() if name not in NOT_CARRIED}


@lru_cache(maxsize=256)
def _check(hint: Any) -> Check:
    """A function that names the path of what does not fit this type."""
    origin = get_origin(hint)
    if hint is Any:
        return lambda value, path: None
    if origin is NotRequired:
        return _check(get_args(hint)[0])
    if origin is Literal:
        allowed = get_args(hint)
        return lambda value, path: None if isinstance(value, str) and value in allowed else path
    if origin in (Union, UnionType):
        return _any_of([_check(one) for one in get_args(hint)])
    if origin is list:
        return _list_of(_check(get_args(hint)[0]))
    if origin is dict:
        return _dict_of(_check(get_args(hint)[1]))
    if is_typeddict(hint):
        return _record(hint)
    return _plain(hint)


def _plain(kind: type) -> Check:
    types = {float: (int, float), NoneType: (NoneType,)}.get(kind, (kind,))

    def check(value: Any, path: str) -> str | None:
        right = isinstance(value, types) and (kind is bool or not isinstance(value, bool))
        return None if right else path

    return check


def _any_of(checks: list[Check]) -> Check:
    def check(value: Any, path: str) -> str | None:
        found = [one(value, path) for one in checks]
        return None if None in found else max((one or "" for one in found), key=len)

    return check


def _list_of(inner: Check) -> Check:
    def check(value: Any, path: str) -> str | None:
        if not isinstance(value, list):
            return path
        return next((found for at, one in enumerate(value) if (found := inner(one, f"{path}[{at}]"))), None)

    return check


def _dict_of(inner: Check) -> Check:
    def check(value: Any, path: str) -> str | None:
        if not isinstance(value, dict):
            return path
        return next((found for key, one in value.items() if (found := inner(one, f"{path}.{key}"))), None)

    return check


def _record(kind: Any) -> Check:
    hints = get_type_hints(kind, include_extras=True)
    checks = {name: _check(hint) for name, hint in hints.items()}
    required = (
        [name for name, hint in hints.items() if get_origin(hint) is not NotRequired]
        if kind.__total__
        else []
    )

    def check(value: Any, path: str) -> str | None:
        if not isinstance(value, dict):
            return path
        for name, inner in value.items():
            if name not in checks:
                return f"{path}.{name}"
            if found := checks[name](inner, f"{path}.{name}"):
                return found
        needed = PARTS.get(value.get("type", "")) if kind is Part else required
        if needed is None:
            return f"{path}.type"
        return next((f"{path}.{name}" for name in needed if name not in value), None)

    return check
