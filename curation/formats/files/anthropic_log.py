"""Logs of Anthropic's messages API: `{request, response}`, a request with its response beside it, or a batch's
`{params, result: {message}}`.

Its input tokens leave out what was cached; the normal form counts them in, as the GenAI conventions ask.
"""

from __future__ import annotations

from typing import Any

from curation.conversation import message_text, split_answer
from curation.formats.files.anthropic_blocks import read_turn, write_turns
from curation.formats.files.base import Defaults, Exported, Format, Found, Line, one_span, untold
from curation.formats.files.carry import iso
from curation.formats.row import LIST, OBJECT, TEXT, Row, present

REQUEST_NAMES, TIMES = ("request", "params", "body"), ("ts", "timestamp", "created_at")
TOLD_OUTSIDE = (*REQUEST_NAMES, *TIMES, "response", "result", "error", "status", "latency_ms", "session_id", "user_id",
                "service", "cost_usd")  # fmt: skip
TOLD_REQUEST = {"model", "system", "messages", "tools", "response", *TIMES}
BLOCKS = {"tool_use", "tool_result", "thinking", "redacted_thinking", "image", "document", "server_tool_use"}
CACHED = {
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_creation_input_tokens": "cache_creation_tokens",
}
STOPS = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}


def fits(line: Line) -> bool:
    """Whether this is a call of the messages API."""
    request, response = _sides(line)
    if not isinstance(request, dict) or "trace_id" in line or "conversations" in line:
        return False
    if isinstance(response, dict) and (
        "stop_reason" in response or response.get("type") in ("message", "error")
    ):
        return True
    if response is not None or not isinstance(request.get("messages"), list):
        return False
    model = str(request.get("model", "")).lower()
    return "system" in request or "claude" in model or any(map(_has_blocks, request["messages"]))


def _has_blocks(message: Any) -> bool:
    content = message.get("content") if isinstance(message, dict) else None
    return isinstance(content, list) and any(
        isinstance(one, dict) and one.get("type") in BLOCKS for one in content
    )


def _sides(line: Line) -> tuple[Any, Any]:
    """(request, response), whatever they are nested in."""
    request = next((line[name] for name in REQUEST_NAMES if line.get(name) is not None), None)
    response, result = line.get("response"), line.get("result")
    if isinstance(result, dict):
        response = result.get("message", result.get("error"))
    if isinstance(response, dict) and isinstance(response.get("body"), dict):
        response = response["body"]
    if request is None and "messages" in line:
        request = {name: value for name, value in line.items() if name not in ("response", "result")}
    return request, response


def read(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """One call as one span."""
    request, response = _sides(line)
    if request is None:
        row.missing("request", "Join the results of a batch with its requests by custom_id.")
    row.expect(request, OBJECT, "request")
    row.expect(response, OBJECT, "response", required=False)
    response = response or {}
    row.messages(request.get("messages"), "request.messages")
    row.expect(request.get("tools"), LIST, "request.tools", required=False)
    row.expect(response.get("usage"), OBJECT, "response.usage", required=False)
    error = response.get("error") if response.get("type") == "error" else line.get("error")
    error = error if isinstance(error, dict) else {"message": str(error)} if error else {}
    if response.get("type") != "error" and response:
        row.expect(response.get("content"), (*LIST, *TEXT), "response.content")
    start = next((row.time(line[name], name) for name in TIMES if line.get(name) is not None), defaults.at)
    latency = line.get("latency_ms")
    row.expect(latency, (int, float), "latency_ms", required=False)
    service = line.get("service")
    span = one_span(
        "anthropic", _attributes(line, request, response, error), start=start,
        end=start + int(max(latency or 0, 0) * 1_000_000),
        service=service if isinstance(service, str) else defaults.service, name=f"chat {request.get('model', '')}".strip(),
        status="error" if error else "ok", status_message=str(error.get("message") or ""),
    )  # fmt: skip
    return [Found(span, "", line)]


def _attributes(line: Line, request: Line, response: Line, error: Line) -> Line:
    turns = [turn for one in request["messages"] for turn in read_turn(one)]
    content = response.get("content")
    told = read_turn({"role": "assistant", "content": content}) if content is not None else []
    if told and response.get("stop_reason"):
        told[-1] = told[-1] | {"finish_reason": response["stop_reason"]}
    nested = any(line.get(name) is not None for name in REQUEST_NAMES)
    return present({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": request.get("model"),
        "gen_ai.response.model": response.get("model"),
        "gen_ai.response.id": response.get("id"),
        "gen_ai.system_instructions": _system(request.get("system")),
        "gen_ai.input.messages": turns + told[:-1],
        "gen_ai.output.messages": told[-1:] or None,
        "gen_ai.tool.definitions": request.get("tools"),
        "error.type": str(error.get("type") or "error") if error else None,
        "session.id": line.get("session_id"),
        "user.id": line.get("user_id"),
        "winnow.cost_usd": line.get("cost_usd"),
        "winnow.request": {name: value for name, value in request.items() if name not in TOLD_REQUEST} or None,
        "winnow.fields": untold(line, *TOLD_OUTSIDE) if nested else None,
    } | _usage(response.get("usage") or {}))  # fmt: skip


def _system(given: Any) -> Any:
    if not isinstance(given, list):
        return given
    return [
        {"type": "text", "content": one.get("text", "") if isinstance(one, dict) else str(one)} for one in given
    ]  # fmt: skip


def _usage(usage: Line) -> Line:
    read, made = (usage.get(name) if isinstance(usage.get(name), int) else None for name in CACHED)
    given = usage.get("input_tokens")
    return {
        "gen_ai.usage.input_tokens": given + (read or 0) + (made or 0) if isinstance(given, int) else None,
        "gen_ai.usage.output_tokens": usage.get("output_tokens"),
        "gen_ai.usage.cache_read.input_tokens": read,
        "gen_ai.usage.cache_creation.input_tokens": made,
    }


def write(exported: Exported) -> Line:
    """The last call of the conversation as request and response; system messages become the system prompt."""
    conversation = exported.conversation
    prompt, answer = split_answer(conversation)
    call = conversation["calls"][-1] if conversation["calls"] else None
    system = [message_text(one) for one in prompt if one["role"] == "system"]
    error = conversation["error"]
    return {
        "ts": iso(exported.started_at),
        "latency_ms": call["latency_ms"] if call else None,
        "request": present({
            "model": (call["model_requested"] or None) if call else None,
            "system": "\n".join(system) if system else None,
            "messages": write_turns([one for one in prompt if one["role"] != "system"]),
            "tools": [
                {"name": one["name"], "description": one["description"], "input_schema": one["parameters"]}
                for one in conversation["tools"]
            ] or None,
        }),
        "response": present({
            "type": "message", "role": "assistant", "model": (call["model_answered"] or None) if call else None,
            "content": write_turns(answer)[0]["content"],
            "stop_reason": STOPS.get(answer[0].get("finish_reason", "stop"), answer[0].get("finish_reason")),
            "usage": _usage_object(call["usage"]) if call else None,
        }) if answer else {"type": "error", "error": {"type": error["type"], "message": error["message"]}} if error else None,
    }  # fmt: skip


def _usage_object(usage: dict[str, int]) -> Line | None:
    if not usage:
        return None
    cached = present({there: usage.get(ours) for there, ours in CACHED.items()})
    given = usage.get("input_tokens")
    return present({
        "input_tokens": given - sum(cached.values()) if given is not None else None,
        "output_tokens": usage.get("output_tokens"),
    }) | cached  # fmt: skip


ANTHROPIC = Format("anthropic", "Anthropic messages", fits, read, write)
