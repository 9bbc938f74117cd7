"""What a validator found, as it is stored: places and numbers, never words; those stay in the body under its retention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from curation.conversation import Conversation

MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One place: message and part by number, [start, end) within the part's text where that says more, and what is wrong."""

    message: int
    part: int | None
    what: str
    start: int | None = None
    end: int | None = None
    evidence: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """JSON form; what is not known is left out."""
        place = {"message": self.message, "part": self.part, "start": self.start, "end": self.end}
        known = {name: value for name, value in place.items() if value is not None}
        return {**known, "what": self.what, **self.evidence}


Validator = Callable[[Conversation], Iterator[Finding]]


def texts(conversation: Conversation, *roles: str) -> Iterator[tuple[int, int, str]]:
    """(message, part, text) of every text part; of these roles only, where some are given."""
    for at, message in enumerate(conversation["messages"]):
        if not roles or message["role"] in roles:
            for place, part in enumerate(message["parts"]):
                if part.get("type") == "text":
                    yield at, place, part.get("text") or ""


def answer_place(conversation: Conversation) -> int | None:
    """The number of the message that is the final answer, None where the conversation ends otherwise."""
    last = len(conversation["messages"]) - 1
    return last if last >= 0 and conversation["messages"][last]["role"] == "assistant" else None
