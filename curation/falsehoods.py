"""Answers that are wrong for a reason anybody can check: recomputed arithmetic, a tool that failed, a result that says otherwise.

Django-free. Evidence is places, numbers and names of fields and tools; never words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from curation.arithmetic import number, shown
from curation.conversation import Conversation, Part, answer_text
from curation.validators.calculation import WRONG_EQUATION, calculation
from curation.validators.finding import answer_place


class Rule(StrEnum):
    """Why an answer is a hard negative."""

    NEAR_MISS = "near_miss"
    FAILED_TOOL = "failed_tool"
    WRONG_ARITHMETIC = "wrong_arithmetic"
    CONTRADICTS_TOOL = "contradicts_tool"


@dataclass(frozen=True, slots=True)
class Falsehood:
    """One rule that an answer breaks, with the evidence of its first place."""

    rule: Rule
    evidence: dict[str, Any]


def falsehoods(conversation: Conversation) -> list[Falsehood]:
    """Every rule the final answer breaks, each once; nothing where there is no answer."""
    if answer_place(conversation) is None or not answer_text(conversation):
        return []
    found = [_arithmetic(conversation), _failed(conversation), _contradiction(conversation)]
    return [one for one in found if one is not None]


def _arithmetic(conversation: Conversation) -> Falsehood | None:
    """An equation of the final answer that does not hold when recomputed."""
    at = answer_place(conversation)
    for one in calculation(conversation):
        if one.what == WRONG_EQUATION and one.message == at:
            return Falsehood(Rule.WRONG_ARITHMETIC, one.as_data())
    return None


def _failed(conversation: Conversation) -> Falsehood | None:
    """The last word of some tool was a failure, and the conversation went on to an answer all the same."""
    last: dict[str, tuple[int, int, Part]] = {}
    names: dict[str, str] = {}
    for at, message in enumerate(conversation["messages"]):
        for place, part in enumerate(message["parts"]):
            if part.get("type") == "tool_call":
                names[part.get("id") or ""] = part.get("name") or ""
            elif part.get("type") == "tool_result":
                name = part.get("name") or names.get(part.get("id") or "", "")
                last[name] = (at, place, part)
    for name, (at, place, part) in sorted(last.items()):
        if part.get("is_error") or part.get("timed_out"):
            how = "timed_out" if part.get("timed_out") else "error"
            return Falsehood(Rule.FAILED_TOOL, {"message": at, "part": place, "tool": name[:80], "how": how})
    return None


def _contradiction(conversation: Conversation) -> Falsehood | None:
    """The answer names a field of a result and gives it another number than any result has for it."""
    known = _fields(conversation)
    answer = answer_text(conversation)
    for field, values in sorted(known.items()):
        for found in _stated(field, answer):
            stated = number(found.group("value"))
            if stated is not None and stated not in values.exact:
                return Falsehood(
                    Rule.CONTRADICTS_TOOL,
                    {
                        "message": answer_place(conversation), "result_message": values.message, "result_part": values.part,
                        "field": field, "stated": found.group("value"), "returned": [shown(one) for one in sorted(values.exact)][:3],
                    },
                )  # fmt: skip
    return None


@dataclass(slots=True)
class _Values:
    message: int
    part: int
    exact: set[Any]


LONGEST_FIELD = 40
_PLAIN_FIELD = re.compile(r"[a-z][a-z0-9]*(?:[_ ][a-z0-9]+)*")


def _fields(conversation: Conversation) -> dict[str, _Values]:
    """Number fields of results that are one object each, by the name as a reader says it; a list of many proves nothing."""
    known: dict[str, _Values] = {}
    for at, message in enumerate(conversation["messages"]):
        for place, part in enumerate(message["parts"]):
            if part.get("type") == "tool_result" and not part.get("is_error"):
                for name, value in _numbers(part.get("result")):
                    held = known.setdefault(name, _Values(at, place, set()))
                    held.exact.add(value)
                    held.message, held.part = at, place
    return known


def _numbers(result: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(result, list) and len(result) == 1:
        result = result[0]
    if not isinstance(result, dict):
        return
    for name, value in result.items():
        said = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", str(name)).lower()
        plain = isinstance(value, (int, float, str)) and not isinstance(value, bool)
        exact = number(str(value)) if plain and len(said) <= LONGEST_FIELD else None
        if exact is not None and _PLAIN_FIELD.fullmatch(said):
            yield said, exact


def _stated(field: str, answer: str) -> Iterator[re.Match[str]]:
    """Where the answer says "the <field> is 12", in one breath."""
    words = re.escape(field).replace(r"\ ", r"[ _]")
    return re.finditer(
        rf"(?i)\b(?:the|its|your) {words}(?: of it)? (?:is|was|will be|equals|comes to)(?: about| exactly)? "
        r"(?P<value>[-−]?[$€£]?\d[\d,]*(?:\.\d+)?)(?![\w%:/.,]*\d|%)",
        answer,
    )
