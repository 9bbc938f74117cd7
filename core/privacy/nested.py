"""JSON that travels inside strings (tool arguments, input.value copies) and characters hidden behind escapes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

from core.privacy.screens import BASE64

JSON_OPENERS = '{[" \n\t\r'
_ESCAPE = re.compile(r"\\u(?:00([2-7][0-9a-fA-F])|200[b-dB-D]|2060|[fF][eE][fF]{2}|00[aA][dD])")
_ENCODED = re.compile(
    r"(?ai)(?:text|json|xml|x-www-form-urlencoded)[^,\s]*;base64,([A-Za-z0-9+/_\-]{8,}={0,2})"
)
_RUN = re.compile(r"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{16,}={0,2}")
_BETWEEN_DASHES, _BETWEEN_SIGNS = (
    re.compile(r"[A-Za-z0-9+/]{16,}={0,2}"),
    re.compile("[A-Za-z0-9]{16,}={0,2}"),
)
_LONGEST_IN_PARTS = 4096
_WHOLE = re.compile(r"[A-Za-z0-9+/_\-]{24,}={0,2}")
_OF_TEXT = re.compile(BASE64)
_KEEP_ESCAPED = {'"', "\\"}


class _DuplicateKey(ValueError):
    """JSON with a repeated key cannot be re-encoded without loss; it is searched as flat text."""


def decoded_json(text: str) -> tuple[bool, Any]:
    """(True, value) when the text is one JSON object, array or string; a parse error is not an error here."""
    stripped = text.strip()
    if len(stripped) < 2 or (stripped[0], stripped[-1]) not in {("{", "}"), ("[", "]"), ('"', '"')}:
        return False, None
    try:
        return True, json.loads(stripped, object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        return False, None


def encoded_json(value: Any, *, like: str) -> str:
    """Encode again in the spacing of the original; escapes non-ASCII only where UTF-8 could not carry it."""
    separators = (", ", ": ") if '": ' in like else (",", ":")
    text = json.dumps(value, ensure_ascii=False, separators=separators)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, separators=separators)
    return text


def encoded_texts(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, decoded) of the base64 payloads of `data:` URLs that say they are text (RFC 2397)."""
    for found in _ENCODED.finditer(text):
        if decoded := _decoded(found.group(1)):
            yield found.start(1), found.end(1), decoded


def encoded_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, decoded) of the runs of letters in a text that are the base64 of a text.

    What stands before or behind such a run may be letters of base64 too (`path/…`, `key_…`), so a run that is none as a whole
    is tried in the parts between those signs.
    """
    for found in _RUN.finditer(text):
        if not _OF_TEXT.search(text, found.start(), found.end()):
            continue
        if decoded := _decoded(found.group()):
            yield found.start(), found.end(), decoded
        elif found.end() - found.start() <= _LONGEST_IN_PARTS:
            yield from _parts(text, found.start(), found.end())


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    done = start
    for part in (_BETWEEN_DASHES, _BETWEEN_SIGNS):
        for found in part.finditer(text, start, end):
            if found.start() >= done and (decoded := _decoded(found.group())):
                yield found.start(), found.end(), decoded
                done = found.end()


def encoded_whole(text: str) -> str:
    """The text that this whole text is the base64 of; empty where it is none, as ids and random bytes are."""
    return _decoded(text) if _WHOLE.fullmatch(text) and _OF_TEXT.search(text) else ""


def _decoded(payload: str) -> str:
    payload = payload.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(payload + "=" * (-len(payload) % 4)).decode()
    except ValueError:
        return ""


def unescaped(text: str) -> str:
    """Printable ASCII behind `\\u0040`-style escapes made plain, zero-width characters left out; quotes and backslashes stay."""
    return _ESCAPE.sub(_plain, text)


def hides(text: str) -> bool:
    """Whether `unescaped` could change anything."""
    return "\\u" in text and _ESCAPE.search(text) is not None


def _plain(match: re.Match[str]) -> str:
    if match.group(1) is None:
        return ""
    character = chr(int(match.group(1), 16))
    return match.group() if character in _KEEP_ESCAPED or not character.isprintable() else character


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _DuplicateKey
    return made
