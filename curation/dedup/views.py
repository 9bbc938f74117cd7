"""The texts of a conversation that are deduplicated, each on its own: the whole, the prompt, the answer, the tool-call skeleton.

What differs between two runs of the same thing is taken out first: request ids, uuids, long hexadecimal names and times of day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from curation.conversation import Conversation, answer_text, asked, tool_calls
from curation.excerpts import WHOLE, texts_of, whole

PROMPT, ANSWER, SKELETON = "prompt", "answer", "skeleton"
VIEWS = (WHOLE, PROMPT, ANSWER, SKELETON)
VERSION = "views-1"
"""Part of the spec: a change of what a view holds is a new spec."""

_NAMED = r"(?:req|request|trace|span|run|call|toolu|chatcmpl|msg|resp|session|conv|thread)"
_VOLATILE = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?Z\b| ?[+-]\d\d:?\d\d\b)?"
    r"|\b1[5-9]\d{8}(?:\d{3}){0,3}\b"
    r"|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16,}\b"
    rf"|\b{_NAMED}[-_](?=[a-z0-9_-]*\d)[a-z0-9_-]{{6,}}\b"
    rf"|\b{_NAMED}[ _-]?id[\"']?\s*[:=#]\s*[\"']?[a-z0-9][a-z0-9_.-]*",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def view_texts(conversation: Conversation) -> dict[str, str]:
    """The text of every view that this conversation has; the whole is always there, an empty other view is left out."""
    texts = {
        WHOLE: whole(conversation),
        PROMPT: "\n".join(texts_of(asked(conversation))),
        ANSWER: answer_text(conversation),
        SKELETON: skeleton(conversation),
    }
    return {view: without_volatile(text) for view, text in texts.items() if text or view == WHOLE}


def skeleton(conversation: Conversation) -> str:
    """Which tools were called in which order with which arguments, whatever the values."""
    lines = []
    for call in tool_calls(conversation):
        arguments = call.get("arguments")
        names = sorted(arguments) if isinstance(arguments, Mapping) else []
        lines.append(" ".join([call.get("name", ""), *names]))
    return "\n".join(lines)


def without_volatile(text: str) -> str:
    """The text without what tells two runs of the same thing apart; dates, amounts and order numbers stay."""
    return _VOLATILE.sub(" ", text) if _DIGIT.search(text) else text
