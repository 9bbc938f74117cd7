"""What kind of conversation this is, from its shape first and its words last."""

from __future__ import annotations

import re
from enum import StrEnum

from curation.conversation import Conversation, answer_text, tool_calls, turns


class Kind(StrEnum):
    """The kinds of the stratum, in order of precedence: the first that applies names the conversation."""

    REFUSAL = "refusal"
    CLARIFICATION = "clarification"
    TOOL_USE = "tool_use"
    RAG = "rag"
    CODE = "code"
    MULTI_TURN = "multi_turn"
    SINGLE = "single"


_REFUSAL = re.compile(
    r"(?i)\b(?:i(?:['\u2019]m| am) (?:really )?(?:sorry|afraid)[^.\n]{0,80}\b(?:can(?:['\u2019]t|not)|unable|not able|won['\u2019]t)"
    r"|i (?:can(?:['\u2019]t|not)|won['\u2019]t|am unable to|am not able to) (?:help|assist|do that|provide|comply|answer|share|discuss)"
    r"|as an ai(?: language model)?,? i (?:can(?:['\u2019]t|not)|do(?:n['\u2019]t| not)))"
)
_CLARIFICATION = re.compile(
    r"(?i)\b(?:could you|can you|would you|please)\b[^.?!\n]{0,60}\b(?:clarify|specify|provide|tell me|confirm|share|explain what)\b"
    r"|\b(?:which|what exactly|do you mean)\b[^.!\n]{0,120}\?\s*$|\bmore (?:information|details|context)\b[^.\n]{0,60}[.?]\s*$"
)
_CODE = re.compile(
    r"```|^[ \t]*(?:def |class |import |from \w+ import |#include|public static|function \w+\(|SELECT .+ FROM )",
    re.M,
)
_LONGEST_CLARIFICATION = 600
_HEAD = 400


def kind_of(conversation: Conversation) -> Kind:
    """The kind; documented in docs/curation.md, tested on examples of each."""
    answer = answer_text(conversation)
    if _REFUSAL.search(answer[:_HEAD]):
        return Kind.REFUSAL
    called = next(tool_calls(conversation), None) is not None
    if not called and len(answer) < _LONGEST_CLARIFICATION and _CLARIFICATION.search(answer):
        return Kind.CLARIFICATION
    if called:
        return Kind.TOOL_USE
    if conversation["retrieval"]:
        return Kind.RAG
    if _CODE.search(answer):
        return Kind.CODE
    return Kind.MULTI_TURN if turns(conversation) > 1 else Kind.SINGLE
