"""The texts of a conversation by their place, to point at a miss with or without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.privacy.literals import whole_words
from core.privacy.surrogates import SURROGATE
from curation.conversation import Conversation

SEARCHED = ("messages", "alternatives", "tools", "retrieval", "attributes", "error")


@dataclass(frozen=True, slots=True)
class Place:
    """[start, end) of the text at a JSON pointer."""

    path: str
    start: int
    end: int
    text: str

    @property
    def value(self) -> str:
        """What stands there."""
        return self.text[self.start : self.end]


def texts(conversation: Conversation) -> Iterator[tuple[str, str]]:
    """(JSON pointer, text) of everything that was said, offered, retrieved or noted."""
    for name in SEARCHED:
        yield from _walk(conversation.get(name), f"/{name}")


def _walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value:
            yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(inner, f"{path}/{number}")


def at(conversation: Conversation, path: str, start: int, end: int) -> Place | None:
    """The whole words that [start, end) touches in the text at this place; None where there are none."""
    for where, text in texts(conversation):
        if where == path:
            first, last = whole_words(text, max(0, start), min(len(text), end))
            return Place(path, first, last, text) if first < last else None
    return None


def find(conversation: Conversation, wanted: str, within: str = "") -> Place | None:
    """Where a pasted text stands: its words in order, whatever is between them and however written; the first place wins."""
    words = re.findall(r"\w+", wanted)
    if not words:
        return None
    pattern = re.compile(r"\W{1,8}".join(map(re.escape, words)), re.IGNORECASE)
    for where, text in texts(conversation):
        found = pattern.search(text) if where.startswith(within) else None
        if found is not None:
            start, end = whole_words(text, *found.span())
            if start < end:
                return Place(where, start, end, text)
    return None


def surrogate_at(place: Place) -> str:
    """The surrogate this place touches, "" for none."""
    for found in SURROGATE.finditer(place.text):
        if found.start() < place.end and place.start < found.end():
            return found.group()
    return ""


def uncut(text: str, cut: int) -> int:
    """A place to cut the text near this one that goes through no stand-in."""
    cut = min(max(cut, 0), len(text))
    touched = [found for found in SURROGATE.finditer(text) if found.start() < cut < found.end()]
    return touched[0].end() if touched else cut
