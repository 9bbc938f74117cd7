"""The order of roles a chat template can render: instructions first, then somebody asks, and every result has its call."""

from __future__ import annotations

from collections.abc import Iterator

from curation.conversation import Conversation
from curation.validators.finding import Finding

NOBODY_ASKED, LATE_SYSTEM, RESULT_WITHOUT_CALL, CALL_WITHOUT_RESULT = (
    "nobody_asked",
    "late_system",
    "result_without_call",
    "call_without_result",
)


def roles(conversation: Conversation) -> Iterator[Finding]:
    """The first message that is no instruction is a user's; system messages stand before it; ids of results were called,
    and a call that is followed by more words has its result."""
    spoken = [at for at, one in enumerate(conversation["messages"]) if one["role"] != "system"]
    if spoken and conversation["messages"][spoken[0]]["role"] != "user":
        yield Finding(spoken[0], None, NOBODY_ASKED)
    for at, one in enumerate(conversation["messages"]):
        if one["role"] == "system" and spoken and at > spoken[0]:
            yield Finding(at, None, LATE_SYSTEM)
    yield from _unpaired(conversation)


def _unpaired(conversation: Conversation) -> Iterator[Finding]:
    """Only ids are compared: where a sender gives none, nothing can be said."""
    called: dict[str, tuple[int, int]] = {}
    for at, one in enumerate(conversation["messages"]):
        for place, part in enumerate(one["parts"]):
            name = part.get("id") or ""
            if part.get("type") == "tool_call" and name:
                called[name] = (at, place)
            elif part.get("type") == "tool_result" and name and called.pop(name, None) is None:
                yield Finding(at, place, RESULT_WITHOUT_CALL)
    last = len(conversation["messages"]) - 1
    for at, place in called.values():
        if at < last:
            yield Finding(at, place, CALL_WITHOUT_RESULT)
