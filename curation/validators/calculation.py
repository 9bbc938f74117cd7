"""Arithmetic recomputed: the results of calculator calls, and the equations an answer states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from curation.arithmetic import NotArithmetic, agrees, equations, evaluate, number, shown
from curation.conversation import Conversation, Part
from curation.validators.finding import Finding, texts

WRONG_RESULT, WRONG_EQUATION = "wrong_result", "wrong_equation"
_CALCULATOR = re.compile(r"(?i)calc|arith|^(?:math|sum|eval(?:uate)?)$")
_EXPRESSION = ("expression", "expr", "formula", "equation", "input", "query")


def calculation(conversation: Conversation) -> Iterator[Finding]:
    """Calculator results that are not what the expression comes to, and equations of the assistant that do not hold."""
    yield from _calls(conversation)
    for message, part, text in texts(conversation, "assistant"):
        for one in equations(text):
            if not one.holds:
                evidence = {"left": one.left, "stated": one.stated, "exact": shown(one.exact)}
                yield Finding(message, part, WRONG_EQUATION, one.start, one.end, evidence)


def _calls(conversation: Conversation) -> Iterator[Finding]:
    asked: dict[str, str] = {}
    for at, one in enumerate(conversation["messages"]):
        for place, part in enumerate(one["parts"]):
            name = part.get("id") or ""
            if part.get("type") == "tool_call":
                asked[name] = expression_of(part)
            elif part.get("type") == "tool_result" and not part.get("is_error") and asked.get(name):
                yield from _recomputed(at, place, asked.pop(name), part.get("result"))


def _recomputed(message: int, part: int, expression: str, result: Any) -> Iterator[Finding]:
    stated = _stated(result)
    if stated is None:
        return
    try:
        exact = evaluate(expression)
    except NotArithmetic:
        return
    if not agrees(stated, exact):
        evidence = {"left": expression, "stated": stated, "exact": shown(exact)}
        yield Finding(message, part, WRONG_RESULT, evidence=evidence)


def expression_of(call: Part) -> str:
    """What a calculator was asked to work out, "" where the call is none."""
    if not _CALCULATOR.search(call.get("name") or ""):
        return ""
    arguments = call.get("arguments")
    if isinstance(arguments, dict):
        given = next((arguments[name] for name in _EXPRESSION if name in arguments), None)
        return given if isinstance(given, str) else ""
    return arguments if isinstance(arguments, str) else ""


def _stated(result: Any) -> str | None:
    """The number a result is, as text: itself, or the only value of an object."""
    if isinstance(result, dict) and len(result) == 1:
        result = next(iter(result.values()))
    if isinstance(result, bool) or not isinstance(result, (int, float, str)):
        return None
    text = repr(result) if isinstance(result, float) else str(result)
    return text if number(text) is not None else None
