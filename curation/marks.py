"""Where a conversation was redacted: the surrogates found in its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypedDict

from core.privacy.surrogates import find_surrogates, kind_of
from curation.conversation import Conversation

SHORTEST = len("240.0.0.0")
SMALLEST = 999 * 10**12
SEARCHED = ("messages", "alternatives", "tools", "retrieval")


class Mark(TypedDict):
    """A surrogate: its kind, the JSON pointer of its string, and its offsets there."""

    kind: str
    path: str
    start: int
    end: int


def find_marks(conversation: Conversation) -> list[Mark]:
    """Every surrogate in what was said, offered and retrieved, in reading order."""
    return [mark for name in SEARCHED for mark in _walk(conversation[name], f"/{name}")]  # type: ignore[literal-required]


def _walk(value: Any, path: str) -> Iterator[Mark]:
    if isinstance(value, str):
        if len(value) >= SHORTEST:
            yield from _found(value, path)
    elif isinstance(value, int) and not isinstance(value, bool):
        if value >= SMALLEST:
            yield from _found(str(value), path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _walk(inner, f"{path}/{place}")


def _found(text: str, path: str) -> Iterator[Mark]:
    for found in find_surrogates(text):
        yield {"kind": kind_of(found.group()), "path": path, "start": found.start(), "end": found.end()}
