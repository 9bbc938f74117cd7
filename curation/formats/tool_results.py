"""Tool spans and the conversation: names, failures and durations of results, and results that no later call repeats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from curation.conversation import Message, Part, Tool
from curation.formats import genai
from curation.formats.interrupts import kind_of_error
from curation.formats.json_text import value_of
from curation.formats.spans import Span

FLAGS = {"irreversible": "winnow.tool.irreversible", "sandboxed": "winnow.tool.sandboxed"}


def tool_spans(spans: Iterable[Span]) -> list[Span]:
    """The spans in which a tool ran."""
    return [span for span in spans if genai.operation(span) == "execute_tool"]


def add_results(messages: list[Message], spans: Sequence[Span]) -> None:
    """Name results, mark failed ones, and append those that no later call was given, from the tool spans."""
    unused = tool_spans(spans)
    asked = {part["id"]: part for part in _parts(messages, "tool_call")}
    answered: set[str] = set()
    for part in _parts(messages, "tool_result"):
        answered.add(part["id"])
        ran = _take(unused, part["id"], asked.get(part["id"], {}).get("name", ""))
        if part["id"] in asked:
            part.setdefault("name", asked[part["id"]]["name"])
        if ran is not None:
            _add_outcome(part, ran)
    last = messages[-1]["parts"] if messages else []
    for part in [part for part in last if part["type"] == "tool_call" and part["id"] not in answered]:
        if (ran := _take(unused, part["id"], part["name"])) is not None:
            messages.append(_tool_message(part["id"], ran))


def offered(calls: Sequence[Span], spans: Sequence[Span]) -> list[Tool]:
    """Every tool the model was offered, by name, with what the tools' own spans say about the harm they can do."""
    named: dict[str, Tool] = {}
    for span in calls:
        named |= {tool["name"]: tool for tool in genai.tools(span)}
    for span in tool_spans(spans):
        tool = named.get(genai.text(span, "gen_ai.tool.name"))
        for field, attribute in FLAGS.items():
            flag = span["attributes"].get(attribute)
            if tool is not None and isinstance(flag, bool):
                tool[field] = flag  # type: ignore[literal-required]
    return list(named.values())


def _parts(messages: Iterable[Message], kind: str) -> list[Part]:
    return [part for message in messages for part in message["parts"] if part["type"] == kind]


def _take(unused: list[Span], call_id: str, name: str) -> Span | None:
    """The tool span of this call: by id, or where spans carry none, the next of this tool."""
    for span in unused:
        span_call = genai.text(span, "gen_ai.tool.call.id")
        if (span_call == call_id) if span_call else (genai.text(span, "gen_ai.tool.name") == name != ""):
            unused.remove(span)
            return span
    return None


def _tool_message(call_id: str, span: Span) -> Message:
    result: Any = span["attributes"].get("gen_ai.tool.call.result", span["status_message"])
    part: Part = {
        "type": "tool_result", "id": call_id, "name": genai.text(span, "gen_ai.tool.name"), "result": value_of(result),
    }  # fmt: skip
    _add_outcome(part, span)
    return {"role": "tool", "parts": [part]}


def _add_outcome(part: Part, span: Span) -> None:
    if span["end"] >= span["start"] > 0:
        part["duration_ms"] = round((span["end"] - span["start"]) / 1e6, 3)
    if genai.is_error(span):
        part["is_error"] = True
        if kind_of_error(span) == "timeout":
            part["timed_out"] = True
