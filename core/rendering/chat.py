"""Chat messages of a training row (role, content, tool_calls) → the normal form the conversation template shows."""

from collections.abc import Iterable, Mapping
from typing import Any


def _parts(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = str(message.get("content") or "")
    if message.get("role") == "tool":
        call_id = str(message.get("tool_call_id") or "")
        return [{"type": "tool_result", "id": call_id, "name": message.get("name") or "", "result": content}]
    parts: list[dict[str, Any]] = [{"type": "text", "text": content}] if content else []
    for call in message.get("tool_calls") or ():
        function = call.get("function", call)
        parts.append(
            {
                "type": "tool_call",
                "id": str(call.get("id") or ""),
                "name": str(function.get("name") or ""),
                "arguments": function.get("arguments"),
            }
        )
    return parts


def from_chat(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Messages with typed parts; what a row left out (reasoning, model names) is not invented."""
    return [{"role": str(message.get("role") or "user"), "parts": _parts(message)} for message in messages]
