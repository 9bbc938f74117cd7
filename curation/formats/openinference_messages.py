"""The messages of OpenInference: lists and objects flattened into attribute names, as trees again."""

from __future__ import annotations

from typing import Any

from curation.formats.json_text import as_text
from curation.formats.rewriting import Rewriting, as_dict, as_list


def read_prompts(said: Rewriting) -> list[dict[str, Any]]:
    texts = [
        as_dict(one.get("prompt")).get("text")
        for one in as_list(said.take_tree("llm.prompts"))
        if isinstance(one, dict)
    ]
    return [{"role": "user", "content": text} for text in texts if text]


def read_completions(said: Rewriting) -> list[dict[str, Any]]:
    listed = as_list(said.take_tree("llm.choices"))
    texts = [as_dict(one.get("completion")).get("text") for one in listed if isinstance(one, dict)]
    return [{"role": "assistant", "content": text} for text in texts if text]


def read_turns(tree: Any) -> list[dict[str, Any]]:
    """What was given, in order; reasoning and calls that were written as messages of their own belong to one turn."""
    told: list[dict[str, Any]] = []
    for message in map(_message, as_list(tree)):
        last = told[-1] if told else {}
        if message.get("role") == last.get("role") == "assistant" and _is_a_step(last):
            told[-1] = _joined([last, message])
        else:
            told.append(message)
    return told


def read_choices(tree: Any, count: int) -> list[dict[str, Any]]:
    """What came back: one message per choice, or all of them one where the response held a single choice."""
    told = [_message(one) for one in as_list(tree)]
    return [_joined(told)] if count == 1 and len(told) > 1 else told


def with_ids(told: list[dict[str, Any]], whole: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages with the ids of calls and results that only the request or response itself names."""
    if [one.get("role") for one in told] != [one.get("role") for one in whole]:
        return told
    return [_named(message, given) for message, given in zip(told, whole, strict=True)]


def _named(message: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    if message.get("role") == "tool" and not message.get("tool_call_id") and given.get("tool_call_id"):
        return {**message, "tool_call_id": given["tool_call_id"]}
    calls, known = message.get("tool_calls", []), as_list(given.get("tool_calls"))
    if len(calls) != len(known) or all(call.get("id") for call in calls):
        return message
    pairs = zip(calls, map(as_dict, known), strict=True)
    return {**message, "tool_calls": [{"id": one.get("id", "")} | call for call, one in pairs]}


def _joined(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"role": "assistant", "parts": [part for one in messages for part in _parts(one)]}


def _is_a_step(message: dict[str, Any]) -> bool:
    """Whether a message of the model holds reasoning or calls and no words yet."""
    return not any(isinstance(part, dict) and part.get("type") == "text" for part in _parts(message))


def _parts(message: dict[str, Any]) -> list[Any]:
    if "parts" in message:
        return list(message["parts"])
    content = message.get("content")
    words = content if isinstance(content, list) else [{"type": "text", "text": content}] if content else []
    told = {part.get("id") for part in words if isinstance(part, dict)}
    calls = [call for call in message.get("tool_calls", []) if not call.get("id") or call["id"] not in told]
    return [*words, *({**call, "type": "tool_call"} for call in calls)]


def _message(raw: Any) -> dict[str, Any]:
    """One message out of its tree: `message.{role,content,contents.M,tool_calls.K,…}`."""
    inner = as_dict(as_dict(raw).get("message", raw))
    message: dict[str, Any] = {
        name: inner[name] for name in ("role", "content", "name", "tool_call_id") if name in inner
    }
    contents = [part for one in as_list(inner.get("contents")) for part in _content(as_dict(one))]
    if contents:
        words = message.get("content")
        told = not words or any(part.get("text") == words for part in contents)
        message["content"] = contents if told else [{"type": "text", "text": as_text(words)}, *contents]
    calls = [as_dict(as_dict(one).get("tool_call", one)) for one in as_list(inner.get("tool_calls"))]
    if calls:
        message["tool_calls"] = calls
    if inner.get("function_call_name"):
        message["function_call"] = {
            "name": inner["function_call_name"], "arguments": inner.get("function_call_arguments_json", "{}"),
        }  # fmt: skip
    return message


def _content(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """One part: `message_content.{type,text,image,…}`; a tool call beside it belongs to the same place."""
    inner = as_dict(raw.get("message_content", raw))
    if isinstance(raw.get("tool_call"), dict):
        return [{"type": "tool_call", **raw["tool_call"]}]
    part: dict[str, Any] = {"type": "text"}
    for name, value in inner.items():
        kind = (
            value.get(name)
            if name in ("image", "audio", "video", "document") and isinstance(value, dict)
            else None
        )
        part |= kind if isinstance(kind, dict) else {name: value}
    return [part] if part.keys() - {"type"} else []
