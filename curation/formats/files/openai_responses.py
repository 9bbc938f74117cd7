"""OpenAI's Responses API: typed input and output items, as GenAI messages.

https://platform.openai.com/docs/api-reference/responses. Reasoning items keep their summary; encrypted reasoning is
nobody's text and stays out.
"""

from __future__ import annotations

from typing import Any

from curation.formats.messages import encoded
from curation.formats.openai import usage_attributes
from curation.formats.row import LIST, OBJECT, Row, present

TOLD_REQUEST = {"model", "input", "instructions", "tools"}
TOLD_RESPONSE = {"id", "object", "created_at", "model", "output", "usage", "instructions", "tools", "error"}
CALLS = {"function_call", "custom_tool_call", "mcp_call"}
RESULTS = {"function_call_output", "custom_tool_call_output"}


def check(row: Row, request: dict[str, Any], response: dict[str, Any] | None) -> None:
    """Refuse input or output of another form."""
    given = request["input"]
    if not isinstance(given, str):
        row.expect(given, LIST, "request.input")
        for place, item in enumerate(given):
            row.expect(item, OBJECT, f"request.input[{place}]")
    row.expect(request.get("tools"), LIST, "request.tools", required=False)
    if response is not None:
        row.expect(response.get("output"), LIST, "response.output")
        row.expect(response.get("usage"), OBJECT, "response.usage", required=False)
        for place, item in enumerate(response["output"]):
            row.expect(item, OBJECT, f"response.output[{place}]")


def attributes(request: dict[str, Any], response: dict[str, Any] | None) -> dict[str, Any]:
    """The attributes of a checked call: output items of one answer become one message."""
    answered = response or {}
    given = request["input"]
    asked = [{"role": "user", "content": given}] if isinstance(given, str) else messages(given)
    told = messages(answered.get("output") or [])
    *steps, last = told or [None]
    if last is not None and last["role"] == "assistant":
        last = last | {"finish_reason": _reason(answered, last)}
    elif last is not None:
        steps, last = told, None
    return present({
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": request.get("model"),
        "gen_ai.response.model": answered.get("model"),
        "gen_ai.response.id": answered.get("id"),
        "gen_ai.system_instructions": request.get("instructions"),
        "gen_ai.input.messages": asked + [one for one in steps if one is not None],
        "gen_ai.output.messages": [last] if last is not None else None,
        "gen_ai.tool.definitions": request.get("tools"),
        "winnow.request": {name: request[name] for name in request if name not in TOLD_REQUEST} or None,
        "winnow.response": {name: answered[name] for name in answered if name not in TOLD_RESPONSE} or None,
    } | usage_attributes(answered.get("usage") or {}))  # fmt: skip


def _reason(response: dict[str, Any], last: dict[str, Any]) -> str:
    details = response.get("incomplete_details")
    if isinstance(details, dict) and details.get("reason"):
        return str(details["reason"])
    return "tool_calls" if any(part["type"] == "tool_call" for part in last["parts"]) else "stop"


def messages(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items as messages with parts; what the model said in one go is one message."""
    found: list[dict[str, Any]] = []
    for item in items:
        role, parts = _item(item)
        if found and role in ("assistant", "tool") and found[-1]["role"] == role:
            found[-1]["parts"] += parts
        else:
            found.append({"role": role, "parts": parts})
    return found


def _item(item: dict[str, Any]) -> tuple[str, list[Any]]:
    kind = item.get("type", "message")
    if kind == "message":
        content = item.get("content")
        listed = [{"type": "text", "content": content}] if isinstance(content, str) else content
        return str(item.get("role", "assistant")), listed if isinstance(listed, list) else []
    if kind in CALLS:
        arguments = item.get("arguments", item.get("input", ""))
        call = {"type": "tool_call", "id": item.get("call_id") or item.get("id") or "", "name": item.get("name", ""),
                "arguments": arguments}  # fmt: skip
        return "assistant", [call]
    if kind in RESULTS:
        output = item.get("output", "")
        text = output if isinstance(output, str) else encoded(output)
        return "tool", [{"type": "tool_call_response", "id": item.get("call_id", ""), "response": text}]
    if kind == "reasoning":
        told = [*(item.get("summary") or []), *(item.get("content") or [])]
        return "assistant", [
            {"type": "reasoning", "content": one["text"]} for one in told if isinstance(one, dict) and one.get("text")
        ]
    return "assistant", [item]
