"""Logs of OpenAI's API: a request and its response, chat completions or Responses, also as batches and stored completions have them.

https://platform.openai.com/docs/api-reference. Taken: `{request, response}`, `{body, response: {body}}` (a batch joined
with its input), and a stored completion that carries its `messages` beside its `choices`.
"""

from __future__ import annotations

from typing import Any

from curation.conversation import split_answer
from curation.formats.files import openai_responses
from curation.formats.files.base import Defaults, Exported, Format, Found, Line, one_span, untold
from curation.formats.files.carry import iso
from curation.formats.files.chat import chat_messages, chat_tools, finish
from curation.formats.openai import call_attributes, check_call, usage_object
from curation.formats.row import OBJECT, Row, present

REQUEST_NAMES, TIMES = ("request", "body"), ("ts", "timestamp", "created_at", "created")
TOLD = (*REQUEST_NAMES, *TIMES, "response", "error", "status", "latency_ms", "session_id", "user_id", "service",
        "method", "url", "cost_usd")  # fmt: skip
PARAMETERS = ("model", "messages", "input", "instructions", "tools")
JOIN_HINT = "Join the output of a batch with its input by custom_id, so that each line has both."


def fits(line: Line) -> bool:
    """Whether this is a call as OpenAI's API has it."""
    request, response = _sides(line)
    if "trace_id" in line or not isinstance(request or response, dict):
        return False
    answered, asked = response or {}, request or {}
    if "choices" in answered or answered.get("object") in ("chat.completion", "response"):
        return True
    return ("output" in answered and "input" in asked) or (
        answered == {} and "messages" in asked and any(name in line for name in REQUEST_NAMES)
        and "system" not in asked and "anthropic" not in str(asked.get("model", "")).lower()
        and not str(asked.get("model", "")).lower().startswith("claude")
    )  # fmt: skip


def _sides(line: Line) -> tuple[Any, Any]:
    """(request, response), whatever they are nested in."""
    request = next((line[name] for name in REQUEST_NAMES if line.get(name) is not None), None)
    response = line.get("response")
    if isinstance(response, dict) and isinstance(response.get("body"), dict):
        response = response["body"]
    if request is None and response is None and ("choices" in line or line.get("object") == "response"):
        request = {name: line[name] for name in PARAMETERS if name in line}
        response = {
            name: line[name] for name in line if name not in ("messages", "input", "tools", "instructions")
        }
    return request, response


def read(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """One call as one span; refuses a response whose request is not there."""
    request, response = _sides(line)
    if request is None:
        row.missing("request", JOIN_HINT)
    row.expect(request, OBJECT, "request")
    row.expect(response, OBJECT, "response", required=False)
    response = response or None
    if "input" in request and "messages" not in request:
        openai_responses.check(row, request, response)
        attributes = openai_responses.attributes(request, response)
    else:
        if response is not None and "choices" not in response and "error" in response:
            line, response = {**line, "error": response["error"]}, None
        check_call(row, request, response)
        attributes = call_attributes(request, response)
    return [Found(_span(line, row, defaults, attributes, response or {}), "", line)]


def _span(line: Line, row: Row, defaults: Defaults, attributes: Line, response: Line) -> Any:
    start = next((row.time(line[name], name) for name in TIMES if line.get(name) is not None), None)
    if start is None and (created := response.get("created") or response.get("created_at")) is not None:
        start = row.time(created, "response.created")
    start = defaults.at if start is None else start
    latency = line.get("latency_ms")
    row.expect(latency, (int, float), "latency_ms", required=False)
    row.expect(line.get("cost_usd"), (int, float), "cost_usd", required=False)
    error = line.get("error") or response.get("error")
    error = error if isinstance(error, dict) else {"message": str(error)} if error else {}
    flat = "request" not in line and "body" not in line
    service = line.get("service")
    attributes |= present({
        "error.type": str(error.get("type") or error.get("code") or "error") if error else None,
        "session.id": line.get("session_id"),
        "user.id": line.get("user_id"),
        "winnow.cost_usd": line.get("cost_usd"),
        "winnow.fields": None if flat else untold(line, *TOLD),
    })  # fmt: skip
    return one_span(
        "openai", attributes, start=start, end=start + int(max(latency or 0, 0) * 1_000_000),
        service=service if isinstance(service, str) else defaults.service,
        name=f"chat {attributes.get('gen_ai.request.model', '')}".strip(),
        status="error" if error else "ok", status_message=str(error.get("message") or ""),
    )  # fmt: skip


def write(exported: Exported) -> Line:
    """The last call of the conversation as request and response."""
    conversation = exported.conversation
    prompt, answer = split_answer(conversation)
    call = conversation["calls"][-1] if conversation["calls"] else None
    error = conversation["error"]
    choices = [answer, *conversation["alternatives"]] if answer else []
    response = present({
        "object": "chat.completion",
        "model": (call["model_answered"] or None) if call else None,
        "choices": [
            {"index": place, "message": chat_messages(one[-1:])[-1], "finish_reason": finish(one[-1])}
            for place, one in enumerate(choices)
        ],
        "usage": usage_object(call["usage"]) if call else None,
    })  # fmt: skip
    return present({
        "ts": iso(exported.started_at),
        "request": present({
            "model": (call["model_requested"] or None) if call else None, "messages": chat_messages(prompt),
            "tools": chat_tools(conversation["tools"]) or None,
        }),
        "response": response if choices else None,
        "latency_ms": call["latency_ms"] if call else None,
        "error": {"type": error["type"], "message": error["message"]} if error else None,
    }) | ({} if choices else {"response": None})  # fmt: skip


OPENAI = Format("openai", "OpenAI request and response", fits, read, write)
