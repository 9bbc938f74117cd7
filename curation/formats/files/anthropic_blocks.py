"""Content blocks of Anthropic's messages, to and from GenAI parts.

https://docs.anthropic.com/en/api/messages. A turn is cut where results begin and end, so that calls, their results and
the words after them keep their order. Signatures of thinking blocks and citations have no place in the normal form.
"""

from __future__ import annotations

from typing import Any

from curation.conversation import Message, Part
from curation.formats.files.chat import as_text, part_text

ENCODED = "data:{};base64,{}"


def read_turn(turn: dict[str, Any]) -> list[dict[str, Any]]:
    """One turn as messages with parts, in the order things were said."""
    role, content = turn["role"], turn.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
    found: list[dict[str, Any]] = []
    for block in blocks:
        kind, part = read_block(block)
        speaker = "tool" if kind == "result" else role
        if found and found[-1]["role"] == speaker:
            found[-1]["parts"].append(part)
        else:
            found.append({"role": speaker, "parts": [part]})
    return found or [{"role": role, "parts": []}]


def read_block(block: Any) -> tuple[str, Any]:
    """(whether it is a `result` or `said`, the part)."""
    if not isinstance(block, dict):
        return "said", {"type": "text", "content": as_text(block)}
    kind = str(block.get("type", "text"))
    if kind == "text":
        return "said", {"type": "text", "content": block.get("text", "")}
    if kind == "thinking":
        return "said", {"type": "reasoning", "content": block.get("thinking", "")}
    if kind in ("tool_use", "server_tool_use", "mcp_tool_use"):
        call = {"type": "tool_call", "id": block.get("id", ""), "name": block.get("name", ""), "arguments": block.get("input", {})}
        return "said", call
    if kind.endswith("tool_result"):
        return "result", _result(block)
    if kind in ("image", "document"):
        return "said", _file(block)
    return "said", block


def _result(block: dict[str, Any]) -> dict[str, Any]:
    content = block.get("content", "")
    if isinstance(content, list) and content and all(
        isinstance(one, dict) and one.get("type") == "text" for one in content
    ):  # fmt: skip
        content = "\n".join(str(one.get("text", "")) for one in content)
    part = {"type": "tool_call_response", "id": block.get("tool_use_id", ""), "response": content}
    failed = isinstance(content, dict) and str(content.get("type", "")).endswith("_error")
    return part | ({"is_error": True} if block.get("is_error") or failed else {})


def _file(block: dict[str, Any]) -> dict[str, Any]:
    given = block.get("source")
    source: dict[str, Any] = given if isinstance(given, dict) else {}
    if source.get("type") == "text":
        return {"type": "text", "content": source.get("data", "")}
    kind = str(source.get("media_type", ""))
    uri = source.get("url") or source.get("file_id") or ""
    if not uri and source.get("data"):
        uri = ENCODED.format(kind, source["data"])
    part = {"type": "file", "uri": str(uri)}
    return part | ({"mime_type": kind} if kind else {}) | ({"name": block["title"]} if block.get("title") else {})


def write_turns(messages: list[Message]) -> list[dict[str, Any]]:
    """Turns of user and assistant; results go into the user's, where the API wants them."""
    turns: list[dict[str, Any]] = []
    for one in messages:
        role = "assistant" if one["role"] == "assistant" else "user"
        blocks = [write_block(part) for part in one["parts"]]
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    return turns


def write_block(part: Part) -> dict[str, Any]:
    """One part as a block."""
    kind = part["type"]
    if kind == "reasoning":
        return {"type": "thinking", "thinking": part.get("text", ""), "signature": ""}
    if kind == "tool_call":
        arguments = part.get("arguments", {})
        given = arguments if isinstance(arguments, dict) else {"arguments": arguments}
        return {"type": "tool_use", "id": part.get("id", ""), "name": part.get("name", ""), "input": given}
    if kind == "tool_result":
        block = {"type": "tool_result", "tool_use_id": part.get("id", ""), "content": as_text(part.get("result", ""))}
        return block | ({"is_error": True} if part.get("is_error") else {})
    if kind == "file" and part.get("uri"):
        document = "image" if part.get("mime_type", "image/").startswith("image/") else "document"
        return {"type": document, "source": {"type": "url", "url": part["uri"]}}
    return {"type": "text", "text": part_text(part)}
