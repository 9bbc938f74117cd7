"""An answer that was cut off teaches to stop in the middle."""

from __future__ import annotations

from collections.abc import Iterator

from curation.conversation import Conversation
from curation.validators.finding import Finding, answer_place, texts

CUT_OFF, OPEN_FENCE, OUTPUT_CUT = "cut_off", "open_fence", "output_cut"
TRUNCATING = frozenset({"length", "max_tokens", "incomplete", "max_output_tokens", "model_length"})
_FENCE = "```"


def truncation(conversation: Conversation) -> Iterator[Finding]:
    """The model said that it ran out of room, or the answer ends inside a fence of code."""
    at = answer_place(conversation)
    if at is None:
        return
    reason = (conversation["messages"][at].get("finish_reason") or "").lower()
    if reason in TRUNCATING:
        yield Finding(at, None, CUT_OFF, evidence={"finish_reason": reason})
    for message, part, text in texts(conversation, "assistant"):
        fences = sum(line.lstrip().startswith(_FENCE) for line in text.splitlines())
        if message == at and fences % 2:
            yield Finding(message, part, OPEN_FENCE, len(text), len(text))
