"""Tool calls and their results in the spelling of every provider."""

from __future__ import annotations

from typing import Any

from curation.conversation import Part
from curation.formats.json_text import value_of

TEXTS = {"text", "input_text", "output_text", "refusal", "summary_text"}
RESULT_FIELDS = ("timed_out", "duration_ms")


def read_call(raw: dict[str, Any]) -> Part:
    """A tool call; arguments that are no JSON stay the text they were."""
    inner = raw["function"] if isinstance(raw.get("function"), dict) else raw
    names = ("arguments", "input", "args")
    arguments: Any = next((inner[name] for name in names if inner.get(name) is not None), {})
    return {
        "type": "tool_call",
        "id": str(
            next((raw[name] for name in ("call_id", "id", "toolCallId", "toolUseId") if raw.get(name)), "")
        ),
        "name": str(inner.get("name") or inner.get("toolName") or ""),
        "arguments": value_of(arguments),
    }


def read_result(raw: dict[str, Any]) -> Part:
    """A tool result; text that a provider wrapped in blocks is the text itself."""
    names = ("result", "response", "output", "content")
    result = plain(next((raw[name] for name in names if raw.get(name) is not None), ""))
    ids = ("tool_use_id", "tool_call_id", "call_id", "toolCallId", "toolUseId", "id")
    part: Part = {
        "type": "tool_result",
        "id": str(next((raw[name] for name in ids if raw.get(name)), "")),
        "result": value_of(result),
    }
    if name := next(
        (raw[one] for one in ("name", "toolName") if isinstance(raw.get(one), str) and raw[one]), ""
    ):
        part["name"] = name
    if raw.get("is_error") or raw.get("isError") or ("toolUseId" in raw and raw.get("status") == "error"):
        part["is_error"] = True
    for field in RESULT_FIELDS:
        if field in raw:
            part[field] = raw[field]  # type: ignore[literal-required]
    return part


def plain(value: Any) -> Any:
    """Text out of a list of text blocks, or out of the AI SDK's `{type: text, value}`; anything else as it is."""
    blocks = value_of(value)
    if (
        isinstance(blocks, dict)
        and blocks.get("type") in ("text", "json", "error-text")
        and "value" in blocks
    ):
        return blocks["value"]
    if (
        isinstance(blocks, list)
        and len(blocks) == 1
        and isinstance(blocks[0], dict)
        and list(blocks[0]) == ["json"]
    ):
        return blocks[0]["json"]
    if isinstance(blocks, list) and blocks and all(_is_text(one) for one in blocks):
        return "\n".join(one.get("text", one.get("content", "")) for one in blocks)
    return value


def _is_text(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("text", one.get("content")), str):
        return False
    return one.get("type") in TEXTS or list(one) == ["text"]
