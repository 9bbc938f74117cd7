"""Turns of Anthropic's messages, with their content blocks.

https://docs.anthropic.com/en/api/messages. A turn is cut where results begin and end, so that calls, their results and
the words after them keep their order. Signatures of thinking blocks and citations have no place in the normal form.
"""

from __future__ import annotations

from typing import Any

from curation.conversation import Message, Part
from curation.formats.files.chat import as_text, part_text


def read_turn(turn: dict[str, Any]) -> list[dict[str, Any]]:
    """One turn, cut where results begin and end; the blocks themselves stay as they are."""
    content = turn.get("content")
    if not isinstance(content, list):
        return [turn]
    found: list[dict[str, Any]] = []
    for block in content:
        role = "tool" if _is_result(block) else turn["role"]
        if not found or found[-1]["role"] != role:
            found.append({"role": role, "content": []})
        found[-1]["content"].append(block)
    return found or [turn]


def _is_result(block: Any) -> bool:
    return isinstance(block, dict) and str(block.get("type", "")).endswith("tool_result")


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
        arguments: Any = part.get("arguments", {})
        given = arguments if isinstance(arguments, dict) else {"arguments": arguments}
        return {"type": "tool_use", "id": part.get("id", ""), "name": part.get("name", ""), "input": given}
    if kind == "tool_result":
        block = {
            "type": "tool_result",
            "tool_use_id": part.get("id", ""),
            "content": as_text(part.get("result", "")),
        }
        return block | ({"is_error": True} if part.get("is_error") else {})
    if kind == "file" and part.get("uri"):
        document = "image" if part.get("mime_type", "image/").startswith("image/") else "document"
        return {"type": document, "source": {"type": "url", "url": part["uri"]}}
    return {"type": "text", "text": part_text(part)}
