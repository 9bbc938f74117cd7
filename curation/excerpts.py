"""The texts that curation stations read from a conversation: the whole for near-duplicates, segments for screening."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from curation.conversation import Conversation, Message, Part

WHOLE = "whole"
LONGEST_RESULT = 4000
"""So much of a result is compared and found; it is screened to its end."""
RESULTS = frozenset({"tool_result", "code_execution", "data"})


@dataclass(frozen=True, slots=True)
class Segment:
    """One searchable text of a conversation with its place, so that evidence can be highlighted."""

    message: int
    part: int
    text: str


def whole(conversation: Conversation) -> str:
    """What makes two conversations the same to a reader: all turns, tool calls and results; no system prompt, no ids."""
    return "\n".join(texts_of(conversation["messages"]))


def texts_of(messages: Iterable[Message]) -> list[str]:
    """What is said, called and returned in these messages, without system prompts."""
    read = (message for message in messages if message["role"] != "system")
    return [text for message in read for _, text in _part_texts(message, LONGEST_RESULT)]


def segments(conversation: Conversation, *, system: bool = True, longest: int | None = None) -> list[Segment]:
    """Every text, tool call and tool result in order; of a result the first `longest` characters, all where none is given."""
    return [
        Segment(at, place, text)
        for at, message in enumerate(conversation["messages"])
        if system or message["role"] != "system"
        for place, text in _part_texts(message, longest)
    ]


def _part_texts(message: Message, longest: int | None) -> Iterator[tuple[int, str]]:
    for place, part in enumerate(message["parts"]):
        text = _part_text(part)
        if text:
            yield place, text[:longest] if part.get("type") in RESULTS else text


def _part_text(part: Part) -> str:
    kind = part.get("type")
    if kind == "tool_call":
        return f"{part.get('name', '')} {_flat(part.get('arguments'))}"
    if kind in ("tool_result", "data"):
        return _flat(part.get("result"))
    if kind == "code_execution":
        said = (part.get("input"), part.get("stdout"), part.get("stderr"))
        return "\n".join(text for text in said if text)
    if kind == "retrieval":
        return part.get("query", "")
    return part.get("text", "") or ""


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
