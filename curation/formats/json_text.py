"""JSON that travels inside strings: read where it is an object or a list, left as the text it was where it is not."""

from __future__ import annotations

import json
from typing import Any

import orjson

ESCAPED_NUL = "\\u0000"


def decoded(text: str) -> Any:
    """As `unfolded`, but JSON that hides a NUL stays the string it was: no text column could hold what is in it."""
    return text if ESCAPED_NUL in text else unfolded(text)


def unfolded(text: str) -> Any:
    """The JSON object or array in a string; any other string (invalid JSON, a plain number) stays what it is."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return text


def value_of(raw: Any) -> Any:
    """A value, decoded if it is a string that holds an object or a list."""
    return decoded(raw) if isinstance(raw, str) else raw


def scalar_of(raw: Any) -> Any:
    """As `value_of`, and a JSON string, number or flag too: for fields whose sender encodes every value."""
    if not isinstance(raw, str) or ESCAPED_NUL in raw:
        return raw
    try:
        return orjson.loads(raw)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return raw


def encoded(value: Any) -> str:
    """A value as compact JSON text; a number beyond 64 bits too, which the faster writer refuses."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"))


def as_text(value: Any) -> str:
    """A text as it is, nothing as nothing, anything else as JSON."""
    return value if isinstance(value, str) else "" if value is None else encoded(value)
