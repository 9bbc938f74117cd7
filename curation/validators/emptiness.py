"""A turn in which nothing is said: no text, no call, no file; or an answer without a letter or digit."""

from __future__ import annotations

from collections.abc import Iterator

from core.text import normalise
from curation.conversation import Conversation, Message
from curation.validators.finding import Finding, answer_place

EMPTY_TURN, NO_WORD = "empty_turn", "no_word"


def emptiness(conversation: Conversation) -> Iterator[Finding]:
    """Turns of the user and the assistant that hold nothing, and a final answer of signs only."""
    answer = answer_place(conversation)
    for at, one in enumerate(conversation["messages"]):
        if one["role"] not in ("user", "assistant") or _holds_more_than_text(one):
            continue
        said = "".join(part.get("text") or "" for part in one["parts"])
        if not normalise(said).strip():
            yield Finding(at, None, EMPTY_TURN, evidence={"role": one["role"]})
        elif at == answer and not any(character.isalnum() for character in said):
            yield Finding(at, None, NO_WORD)


def _holds_more_than_text(one: Message) -> bool:
    return any(part.get("type") not in ("text", "reasoning") for part in one["parts"])
