"""OpenAI's Responses API: typed input and output items, as GenAI attributes.

https://platform.openai.com/docs/api-reference/responses. Reasoning items keep their summary; encrypted reasoning is
nobody's text and stays out.
"""

from __future__ import annotations

from typing import Any

from curation.formats.openai import usage_attributes, without_logprobs
from curation.formats.row import LIST, OBJECT, Row, present

TOLD_REQUEST = {"model", "input", "instructions", "tools"}
TOLD_RESPONSE = {"id", "object", "created_at", "model", "output", "usage", "instructions", "tools", "error"}
CALLS, ENCRYPTED = {"function_call", "custom_tool_call"}, "encrypted_content"


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
    """The attributes of a checked call: the output items of one answer are one message."""
    answered = response or {}
    given = request["input"]
    items = [_item(one) for one in answered.get("output") or []]
    answer = (
        {"role": "assistant", "parts": items, "finish_reason": _reason(answered, items)} if items else None
    )
    return present({
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": request.get("model"),
        "gen_ai.response.model": answered.get("model"),
        "gen_ai.response.id": answered.get("id"),
        "gen_ai.system_instructions": request.get("instructions"),
        "gen_ai.input.messages": [{"role": "user", "content": given}] if isinstance(given, str) else [_item(one) for one in given],
        "gen_ai.output.messages": [answer] if answer else None,
        "gen_ai.tool.definitions": request.get("tools"),
        "winnow.request": {name: request[name] for name in request if name not in TOLD_REQUEST} or None,
        "winnow.response": {name: answered[name] for name in answered if name not in TOLD_RESPONSE} or None,
    } | usage_attributes(answered.get("usage") or {}))  # fmt: skip


def _reason(response: dict[str, Any], items: list[dict[str, Any]]) -> str:
    details = response.get("incomplete_details")
    if isinstance(details, dict) and details.get("reason"):
        return str(details["reason"])
    return "tool_calls" if any(one.get("type") in CALLS for one in items) else "stop"


def _item(item: dict[str, Any]) -> dict[str, Any]:
    """An item as it came, without reasoning that is encrypted and without token probabilities."""
    kept = {name: value for name, value in item.items() if name != ENCRYPTED}
    if isinstance(kept.get("content"), list):
        kept["content"] = without_logprobs(kept["content"])
    return kept
