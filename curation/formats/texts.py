"""Text that can be stored: no NUL, no lone surrogate, nothing that was not UTF-8."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from curation.formats.problem import RowProblem

MAX_DEPTH = 64
HINTS = {
    "nul_character": "Remove the NUL character (\\u0000); PostgreSQL text cannot hold it.",
    "lone_surrogate": "Send the whole surrogate pair or the character itself; half a pair is no text.",
    "invalid_utf8": "Write the file as UTF-8; this byte sequence belongs to another encoding or was cut.",
    "too_deep": f"Nest at most {MAX_DEPTH} levels.",
}
MESSAGES = {
    "nul_character": "text holds a NUL character",
    "lone_surrogate": "text holds a lone surrogate",
    "invalid_utf8": "bytes are not UTF-8",
    "too_deep": "value is nested too deeply",
}


def parse_json(raw: bytes) -> tuple[Any, bool]:
    """The value, and whether its texts still need `find_bad_text`; raises ValueError when it is no JSON.

    orjson refuses bad UTF-8 and lone surrogates for the whole input; the slow way keeps them visible, so
    that one bad string refuses its own row and not the batch around it.
    """
    try:
        return orjson.loads(raw), b"\\u0000" in raw or b"\x00" in raw or may_be_deep(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        value = json.loads(raw.decode("utf-8", "surrogateescape"), parse_constant=_refuse_constant)
        return value, True
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def find_bad_span(span: Mapping[str, Any]) -> tuple[str, str] | None:
    """As `find_bad_text`, at the speed of the serialiser where nothing is wrong."""
    try:
        raw = orjson.dumps(span)
    except orjson.JSONEncodeError:
        return find_bad_text(span)
    return find_bad_text(span) if may_be_deep(raw) or b"\\u0000" in raw else None


def may_be_deep(raw: bytes) -> bool:
    """Whether this JSON has brackets enough to be nested too deeply."""
    return raw.count(b"[") + raw.count(b"{") > MAX_DEPTH


def find_bad_text(value: Any, path: str = "", depth: int = 0) -> tuple[str, str] | None:
    """(path, code) of the first text that cannot be stored, or None."""
    if isinstance(value, str):
        code = bad_text(value)
        return (path, code) if code else None
    if depth > MAX_DEPTH:
        return path, "too_deep"
    if isinstance(value, dict):
        for key, inner in value.items():
            if found := find_bad_text(key, path, depth) or find_bad_text(inner, join(path, key), depth + 1):
                return found
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if found := find_bad_text(inner, f"{path}[{index}]", depth + 1):
                return found
    return None


def bad_text(text: str) -> str | None:
    """The code of what is wrong with this text, or None."""
    if "\x00" in text:
        return "nul_character"
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return "invalid_utf8" if "\udc80" <= text[error.start] <= "\udcff" else "lone_surrogate"
    return None


def text_problem(place: str, line: int | None, found: tuple[str, str]) -> RowProblem:
    """The problem to report for what `find_bad_text` found."""
    path, code = found
    return RowProblem(place, line, printable(path), code, MESSAGES[code], HINTS[code])


def join(path: str, key: str) -> str:
    """A path one key deeper, as `request.messages`."""
    return f"{path}.{key}" if path else key


def printable(path: str) -> str:
    """A path that can be stored and shown whatever the keys in it were."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in path)[:200]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
