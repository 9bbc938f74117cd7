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
    r"```|^#!/|^[ \t]*(?:def \w+\(|class \w+[:({]|import \w+|from [\w.]+ import |#include|public (?:static |class |\w+ \w+\()"
    r"|(?:async )?function \w+\(|const \w+ = |SELECT\b[^.]{1,400}\bFROM\b|<!DOCTYPE html|<html|CREATE TABLE )",
    re.M,
)
_CODE_LINE = re.compile(
    r"^\s*(?:[\w.\[\]'\"]+\s*[-+*/]?=\s*\S|(?:for|while|if|else|elif|switch|try|except|catch|return|let|var|print|echo|end)\b.*[:;({)\]]\s*$"
    r"|[\w.]+\(.*\);?$|[{}()\[\]]+;?$|//|#|<\/?\w+[^>]*>)|[;{}]\s*$"
)
_CODE_SHARE = 0.6
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
    if is_code(answer):
        return Kind.CODE
    return Kind.MULTI_TURN if turns(conversation) > 1 else Kind.SINGLE


def is_code(text: str) -> bool:
    """A fence or a sure sign of a programming language, or most lines look like code."""
    if _CODE.search(text):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and sum(bool(_CODE_LINE.search(line)) for line in lines) >= _CODE_SHARE * len(lines)
