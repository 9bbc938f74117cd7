"""People and sessions in copies of a request: `input.value`, request JSON kept in an attribute, metadata inside it.

A copy is named like the attribute beside it. Names that say it (`user_id`, `sessionId`) are believed wherever a request and its
metadata keep them; plain `user` and `session` in a request, or where the value is one the attributes of the span name as well.
Arguments of tools stay as they are, but for such a value: what a tool is asked about is no caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.privacy.nested import decoded_json, encoded_json
from core.privacy.surrogates import is_surrogate

DEEPEST = 8
USERS = ("user_id", "userId", "end_user_id", "endUserId", "safety_identifier")
SESSIONS = ("session_id", "sessionId", "thread_id", "threadId", "conversation_id", "conversationId")
SURE = dict.fromkeys(USERS, "user") | dict.fromkeys(SESSIONS, "session")
SURE_IN_REQUEST = {"user": "user", "session": "session"}
NAMES = {*SURE, *SURE_IN_REQUEST, "id"}
OPENERS = frozenset('{["') | set(" \n\r\t")
REQUEST = frozenset({"model", "messages", "prompt", "input", "contents", "inputs"})
AROUND = frozenset({
    "metadata", "body", "json", "data", "request", "kwargs", "params", "extra_body", "extra_headers", "options", "config",
    "configurable", "inputs", "invocation_params", "invocation_parameters", "context", "litellm_params",
})  # fmt: skip
"""Below these of a request stands what the caller said about itself; messages and tools are words of the conversation."""
WORTH = AROUND | NAMES
SIGNS = (
    *(
        "ser_id",
        "serId",
        "ser_identifier",
        "ession",
        "hread_id",
        "hreadId",
        "onversation_id",
        "onversationId",
    ),
    *('"user":', '"user" :', 'user\\":', 'user\\" :'),
)
_CUT = re.compile(r'(\\*")(' + "|".join([*SURE, "user", "session"]) + r')\1(\s*:\s*)\1([^"\\\s]{1,200})\1')

Name = Callable[[str, str], str]
"""(kind, raw id) → pseudonym."""


def may_hold_ids(value: Any) -> bool:
    """Whether an attribute is worth reading: nearly all are not, and this is asked of every one of every span."""
    if isinstance(value, str):
        return value[:1] in OPENERS and len(value) >= 8 and any(sign in value for sign in SIGNS)
    return isinstance(value, dict) and not value.keys().isdisjoint(WORTH)


def without_ids(value: Any, known: Mapping[str, str], name: Name, *, asks: bool) -> Any:
    """An attribute with the ids of people and sessions under their pseudonyms; the same object if it holds none.

    `known` are the raw ids the span names by attribute, with their kind; `asks` is false for what belongs to a tool.
    """
    if isinstance(value, str):
        return _in_text(value, known, name, asks, 0)
    return _in_value(value, known, name, asks, 0)


def _in_text(text: str, known: Mapping[str, str], name: Name, asks: bool, depth: int) -> str:
    found, value = decoded_json(text)
    if found:
        clean = _in_value(value, known, name, asks, depth)
        return text if clean is value else encoded_json(clean, like=text)
    return _CUT.sub(lambda cut: _in_cut(cut, known, name, asks), text)


def _in_cut(cut: re.Match[str], known: Mapping[str, str], name: Name, asks: bool) -> str:
    """JSON that was cut off has no places any more: its names alone say what stands under them."""
    mark, key, gap, raw = cut.groups()
    kind = known.get(raw) or (SURE.get(key) if asks else None)
    if kind is None or is_surrogate(raw):
        return cut.group()
    return f"{mark}{key}{mark}{gap}{mark}{name(kind, raw)}{mark}"


def _in_value(value: Any, known: Mapping[str, str], name: Name, asks: bool, depth: int) -> Any:
    if depth > DEEPEST or not (asks or known):
        return value
    if isinstance(value, list):
        items = [_in_value(one, known, name, False, depth + 1) for one in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, str):
        return _in_text(value, known, name, asks, depth + 1) if may_hold_ids(value) else value
    if not isinstance(value, dict):
        return value
    sent = asks and not REQUEST.isdisjoint(value)
    clean = {
        key: _named(key, one, known, name, asks, sent)
        if isinstance(one, (str, int)) and key in NAMES
        else _in_value(one, known, name, asks and key in AROUND, depth + 1)
        for key, one in value.items()
    }
    return clean if any(clean[key] is not one for key, one in value.items()) else value


def _named(key: str, raw: Any, known: Mapping[str, str], name: Name, asks: bool, sent: bool) -> Any:
    text = str(raw)
    if isinstance(raw, bool) or not text or is_surrogate(text):
        return raw
    if text in known:
        return name(known[text], text)
    kind = (SURE.get(key) if asks else None) or (SURE_IN_REQUEST.get(key) if sent else None)
    return name(kind, text) if kind and not any(sign.isspace() for sign in text) else raw
