"""Messages of the two families in use, OpenAI chat and OpenTelemetry GenAI parts, as messages of the normal form."""

from __future__ import annotations

from typing import Any, cast

import orjson

from curation.conversation import Message, Part, Role, Tool

ROLE_NAMES: dict[str, Role] = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "assistant": "assistant",
    "model": "assistant", "ai": "assistant", "gpt": "assistant", "tool": "tool", "function": "tool",
}  # fmt: skip
TEXT_TYPES = {"text", "input_text", "output_text", "refusal"}
REASONING_TYPES = {"reasoning", "thinking"}
FILE_TYPES = {
    "file",
    "blob",
    "uri",
    "image_url",
    "input_image",
    "image",
    "input_audio",
    "input_file",
    "audio",
}
CALL_TYPES = {"tool_call", "tool_use", "function"}
RESULT_TYPES = {"tool_call_response", "tool_result"}
ESCAPED_NUL = "\\u0000"


def read_messages(raw: Any) -> list[Message]:
    """Messages in the order they were said; tool results sent inside a user turn become turns of their own."""
    if isinstance(raw, str):
        raw = decoded(raw)
        if isinstance(raw, str):
            return [{"role": "user", "parts": [{"type": "text", "text": raw}]}] if raw else []
    if isinstance(raw, dict):
        raw = raw.get("messages", [raw])
    listed = raw if isinstance(raw, list) else []
    return [message for one in listed if isinstance(one, dict) for message in read_message(one)]


def read_message(raw: dict[str, Any]) -> list[Message]:
    """One message, or two when it mixes tool results with words."""
    role = ROLE_NAMES.get(str(raw.get("role", "user")).lower(), "user")
    parts = _parts(raw, role)
    results = [part for part in parts if part["type"] == "tool_result"]
    if not results or role == "tool":
        return [_message(raw, role, parts)]
    words = [part for part in parts if part["type"] != "tool_result"]
    return [_message({}, "tool", results), *([_message(raw, role, words)] if words else [])]


def _message(raw: dict[str, Any], role: Role, parts: list[Part]) -> Message:
    message: Message = {"role": role, "parts": parts}
    if raw.get("name") and isinstance(raw["name"], str):
        message["name"] = raw["name"]
    if raw.get("finish_reason"):
        message["finish_reason"] = finish_reason(raw["finish_reason"])
    return message


def finish_reason(raw: Any) -> str:
    """One spelling for the reasons that providers spell differently, in whatever case they write them."""
    spellings = {
        "tool_call": "tool_calls",
        "max_tokens": "length",
        "max_output_tokens": "length",
        "model_length": "length",
        "end_turn": "stop",
        "tool_use": "tool_calls",
    }
    said = str(raw).lower()
    return spellings.get(said, said)


def _parts(raw: dict[str, Any], role: Role) -> list[Part]:
    content = raw.get("parts", raw.get("content"))
    if role == "tool" and not isinstance(raw.get("parts"), list):
        return [_result(raw | {"id": raw.get("tool_call_id", ""), "result": content})]
    parts: list[Part] = []
    if raw.get("reasoning_content"):
        parts.append({"type": "reasoning", "text": str(raw["reasoning_content"])})
    if isinstance(content, str):
        parts += [{"type": "text", "text": content}] if content else []
    elif isinstance(content, list):
        parts += [_part(one) for one in content]
    if raw.get("refusal") and isinstance(raw["refusal"], str):
        parts.append({"type": "text", "text": raw["refusal"]})
    calls = raw.get("tool_calls")
    parts += [_call(one) for one in calls if isinstance(one, dict)] if isinstance(calls, list) else []
    return parts


def _part(raw: Any) -> Part:
    if not isinstance(raw, dict):
        return {"type": "text", "text": raw if isinstance(raw, str) else encoded(raw)}
    kind = str(raw.get("type", "text"))
    text = raw.get("content", raw.get("text", ""))
    if kind in TEXT_TYPES or kind in REASONING_TYPES:
        shown = text if text else raw.get("refusal", raw.get("thinking", text))
        return {"type": "reasoning" if kind in REASONING_TYPES else "text", "text": _as_text(shown)}
    if kind in CALL_TYPES:
        return _call(raw)
    if kind in RESULT_TYPES:
        return _result(raw)
    if kind in FILE_TYPES:
        return _file(raw)
    return cast(
        Part, {"type": "data", "name": kind, "result": {key: raw[key] for key in raw if key != "type"}}
    )


def _call(raw: dict[str, Any]) -> Part:
    function = _inner(raw)
    arguments = function.get("arguments", function.get("input", {}))
    return {
        "type": "tool_call",
        "id": str(raw.get("id") or raw.get("call_id") or ""),
        "name": str(function.get("name", "")),
        "arguments": decoded(arguments) if isinstance(arguments, str) else arguments,
    }


def _result(raw: dict[str, Any]) -> Part:
    result = next((raw[name] for name in ("result", "response", "content") if raw.get(name) is not None), "")
    part: Part = {
        "type": "tool_result",
        "id": str(raw.get("id") or raw.get("tool_use_id") or raw.get("tool_call_id") or ""),
        "result": decoded(result) if isinstance(result, str) else result,
    }
    if isinstance(raw.get("name"), str) and raw["name"]:
        part["name"] = raw["name"]
    if raw.get("is_error"):
        part["is_error"] = True
    return part


def _file(raw: dict[str, Any]) -> Part:
    image = raw.get("image_url")
    uri = (
        image.get("url", "")
        if isinstance(image, dict)
        else raw.get("uri") or image or raw.get("file_id") or ""
    )
    part: Part = {"type": "file", "uri": str(uri)}
    if raw.get("mime_type"):
        part["mime_type"] = str(raw["mime_type"])
    return part


def read_tools(raw: Any) -> list[Tool]:
    """Tool definitions, nested under `function` as OpenAI has them or flat as GenAI has them."""
    raw = decoded(raw) if isinstance(raw, str) else raw
    tools: list[Tool] = []
    for given in raw if isinstance(raw, list) else []:
        one = decoded(given) if isinstance(given, str) else given
        if isinstance(one, dict):
            inner = _inner(one)
            parameters = inner.get("parameters", inner.get("input_schema"))
            tools.append({
                "name": str(inner.get("name", "")),
                "description": str(inner.get("description") or ""),
                "parameters": parameters if isinstance(parameters, dict) else {},
            })  # fmt: skip
    return tools


def _inner(raw: dict[str, Any]) -> dict[str, Any]:
    """What OpenAI nests under `function` and others leave flat."""
    inner = raw.get("function")
    return inner if isinstance(inner, dict) else raw


def decoded(text: str) -> Any:
    """As `unfolded`, but JSON that hides a NUL stays the string it was: no text column could hold what is in it."""
    return text if ESCAPED_NUL in text else unfolded(text)


def unfolded(text: str) -> Any:
    """The JSON object or array in a string; any other string (invalid JSON, a plain number) stays what it is."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return text


def encoded(value: Any) -> str:
    """A value as compact JSON text."""
    return orjson.dumps(value).decode()


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else encoded(value)
