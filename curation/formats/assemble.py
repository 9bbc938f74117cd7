"""Spans of one trace put together as one conversation.

The longest conversation wins: agents call the model once per step and repeat all earlier messages, so the
call that was given most tells all. Nothing is counted twice: a model span inside a model span (an SDK
instrumented under a wrapper) is one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from curation.conversation import Context, Conversation, Message, Retrieved, Tool, new_conversation
from curation.formats import genai
from curation.formats.carried import CARRIED, put_back
from curation.formats.messages import decoded
from curation.formats.spans import Span

TOLD_ELSEWHERE = (
    "gen_ai.input.", "gen_ai.output.", "gen_ai.system_instructions", "gen_ai.tool.", "gen_ai.usage.",
    "gen_ai.retrieval.", "gen_ai.response.finish_reasons", "gen_ai.response.model", "gen_ai.request.model",
    "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.conversation.id", "session.id", "user.id", "error.type",
    "winnow.variant", "winnow.release", "winnow.language", "winnow.cost_usd", CARRIED,
)  # fmt: skip


def assemble(spans: Sequence[Span]) -> Conversation:
    """The conversation these spans tell, whatever their order; one without content has no messages."""
    ordered = sorted(
        {span["span_id"]: span for span in spans}.values(), key=lambda one: (one["start"], one["span_id"])
    )
    calls = outermost_calls(ordered)
    conversation = new_conversation()
    winner = _winner(ordered)
    if winner is not None:
        _tell(conversation, winner)
        _add_results(conversation["messages"], ordered)
    conversation["tools"] = _tools(calls)
    conversation["retrieval"] = _retrieval(ordered)
    conversation["calls"] = [genai.call(span) for span in calls]
    conversation["context"] = _context(ordered)
    conversation["attributes"] = _rest(ordered, winner)
    _judge_status(conversation, ordered, winner)
    return put_back(conversation, ordered)


def outermost_calls(spans: Sequence[Span]) -> list[Span]:
    """Model and embedding calls that are not inside another model call."""
    by_id = {span["span_id"]: span for span in spans}
    counted = [span for span in spans if genai.is_model_call(span) or genai.operation(span) == "embeddings"]
    return [span for span in counted if not _inside_call(span, by_id)]


def _inside_call(span: Span, by_id: dict[str, Span]) -> bool:
    seen = {span["span_id"]}
    parent = by_id.get(span["parent_id"])
    while parent is not None and parent["span_id"] not in seen:
        if genai.is_model_call(parent):
            return True
        seen.add(parent["span_id"])
        parent = by_id.get(parent["parent_id"])
    return False


def _winner(spans: Sequence[Span]) -> Span | None:
    def weight(span: Span) -> tuple[int, bool, bool, int, str]:
        given = span["attributes"].get("gen_ai.input.messages")
        answered = bool(span["attributes"].get("gen_ai.output.messages"))
        length = len(given) if isinstance(given, list) else len(genai.input_messages(span))
        return length, answered, genai.is_model_call(span), span["end"], span["span_id"]

    told = [span for span in spans if "gen_ai.input.messages" in span["attributes"]
            or "gen_ai.output.messages" in span["attributes"]]  # fmt: skip
    return max(told, key=weight, default=None)


def _tell(conversation: Conversation, span: Span) -> None:
    messages, answers = genai.input_messages(span), genai.choices(span)
    conversation["messages"] = messages + answers[:1]
    conversation["alternatives"] = [[answer] for answer in answers[1:]]


def _add_results(messages: list[Message], spans: Sequence[Span]) -> None:
    """Name results, mark failed ones, and append those that no later call was given, from the tool spans."""
    unused = [span for span in spans if genai.operation(span) == "execute_tool"]
    asked = {
        part["id"]: part for message in messages for part in message["parts"] if part["type"] == "tool_call"
    }
    answered: set[str] = set()
    for message in messages:
        for part in message["parts"]:
            if part["type"] == "tool_result":
                answered.add(part["id"])
                ran = _take(unused, part["id"], asked.get(part["id"], {}).get("name", ""))
                if part["id"] in asked:
                    part.setdefault("name", asked[part["id"]]["name"])
                if ran is not None and genai.is_error(ran):
                    part["is_error"] = True
    last = messages[-1]["parts"] if messages else []
    for part in [part for part in last if part["type"] == "tool_call" and part["id"] not in answered]:
        if (ran := _take(unused, part["id"], part["name"])) is not None:
            messages.append(_tool_message(part["id"], ran))


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
    message: Message = {"role": "tool", "parts": [{
        "type": "tool_result", "id": call_id, "name": genai.text(span, "gen_ai.tool.name"),
        "result": decoded(result) if isinstance(result, str) else result,
    }]}  # fmt: skip
    if genai.is_error(span):
        message["parts"][0]["is_error"] = True
    return message


def _tools(calls: Sequence[Span]) -> list[Tool]:
    named: dict[str, Tool] = {}
    for span in calls:
        named |= {tool["name"]: tool for tool in genai.tools(span)}
    return list(named.values())


def _retrieval(spans: Sequence[Span]) -> list[Retrieved]:
    found: dict[tuple[str, str], Retrieved] = {}
    for span in spans:
        for passage in genai.retrieved(span):
            found.setdefault((passage["document_id"], passage["text"]), passage)
    return list(found.values())


def _context(spans: Sequence[Span]) -> Context:
    def first(*names: str, where: str = "attributes") -> str:
        for span in spans:
            for name in names:
                value = span[where].get(name)  # type: ignore[literal-required]
                if value not in (None, ""):
                    return str(value)
        return ""

    return {
        "service": first("service.name", where="resource") or first("service.name"),
        "environment": first("deployment.environment.name", "deployment.environment", where="resource"),
        "release": first("winnow.release") or first("service.version", where="resource"),
        "variant": first("winnow.variant", "feature_flag.result.variant"),
        "session": first("session.id", "gen_ai.conversation.id"),
        "user": first("user.id", "enduser.pseudo.id", "enduser.id"),
        "language": first("winnow.language"),
    }


def _rest(spans: Sequence[Span], winner: Span | None) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    roots = [span for span in spans if not span["parent_id"]]
    for span in [*([winner] if winner else []), *roots]:
        rest |= {
            key: value for key, value in span["attributes"].items() if not key.startswith(TOLD_ELSEWHERE)
        }
    return rest


def _judge_status(conversation: Conversation, spans: Sequence[Span], winner: Span | None) -> None:
    """A conversation failed when its deciding call, or with no call its root, failed without an answer."""
    deciding = winner or next((span for span in spans if not span["parent_id"]), spans[0] if spans else None)
    if (
        deciding is None
        or not genai.is_error(deciding)
        or deciding["attributes"].get("gen_ai.output.messages")
    ):
        return
    conversation["status"] = "error"
    conversation["error"] = {
        "type": genai.text(deciding, "error.type") or "error",
        "message": deciding["status_message"],
    }
