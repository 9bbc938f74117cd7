"""Messages of the families in use (OpenAI chat and responses, Anthropic, Gemini, GenAI) as messages of the normal form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from curation.conversation import Message, Part, Role
from curation.formats.code_parts import joined
from curation.formats.json_text import ESCAPED_NUL as ESCAPED_NUL
from curation.formats.json_text import decoded as decoded
from curation.formats.json_text import encoded as encoded
from curation.formats.json_text import unfolded as unfolded
from curation.formats.json_text import value_of
from curation.formats.logprobs import is_places
from curation.formats.parts import read_parts, text_part
from curation.formats.tool_definitions import read_tools as read_tools
from curation.formats.tool_parts import read_call, read_result

ROLE_NAMES: dict[str, Role] = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "assistant": "assistant",
    "model": "assistant", "ai": "assistant", "gpt": "assistant", "bot": "assistant", "chatbot": "assistant",
    "tool": "tool", "function": "tool", "ipython": "tool", "tool-call": "assistant", "tool-response": "tool",
}  # fmt: skip
SPOKEN_BY_MODELS = {
    "function_call", "reasoning", "code_interpreter_call", "file_search_call", "web_search_call", "computer_call",
    "custom_tool_call", "mcp_call", "image_generation_call", "local_shell_call", "shell_call",
}  # fmt: skip
RETURNED = {"function_call_output", "custom_tool_call_output", "local_shell_call_output", "shell_call_output"}
FINISH_REASONS = {
    "tool_call": "tool_calls", "tool_use": "tool_calls", "function_call": "tool_calls", "tool-calls": "tool_calls",
    "max_tokens": "length", "max_output_tokens": "length", "model_length": "length", "max_token": "length",
    "end_turn": "stop", "stop_sequence": "stop", "complete": "stop", "completed": "stop", "eos": "stop",
    "eos_token": "stop", "content-filter": "content_filter", "content_filtered": "content_filter",
    "safety": "content_filter", "finish_reason_stop": "stop", "finish_reason_max_tokens": "length",
}  # fmt: skip
SAID_OF_A_MESSAGE = ("model", "weight")


def read_messages(raw: Any) -> list[Message]:
    """Messages in the order they were said; tool results sent inside another turn become turns of their own."""
    raw = value_of(raw)
    if isinstance(raw, str):
        return [{"role": "user", "parts": [text_part(raw)]}] if raw else []
    if isinstance(raw, dict):
        raw = raw.get("messages", [raw])
    listed = raw if isinstance(raw, list) else []
    return joined([message for one in _turns(listed) for message in read_message(one)])


def read_message(raw: dict[str, Any]) -> list[Message]:
    """One message, or more when it mixes tool results with words."""
    role = ROLE_NAMES.get(str(raw.get("role", "user")).lower(), "user")
    parts = _parts(raw, role)
    results = [part for part in parts if part["type"] == "tool_result"]
    if not results or role == "tool":
        return [_message(raw, role, parts)]
    words = [part for part in parts if part["type"] != "tool_result"]
    if role == "assistant":
        return _in_order(raw, parts)
    return [_message({}, "tool", results), *([_message(raw, role, words)] if words else [])]


def finish_reason(raw: Any) -> str:
    """One spelling for the reasons that providers spell differently, in whatever case they write them."""
    said = str(raw).lower()
    return FINISH_REASONS.get(said, said)


def _turns(listed: Iterable[Any]) -> list[dict[str, Any]]:
    """Items of OpenAI's responses form gathered into turns; messages stay as they are."""
    turns: list[dict[str, Any]] = []
    spoken: dict[str, Any] | None = None
    for one in map(value_of, listed):
        if not isinstance(one, dict):
            continue
        kind = str(one.get("type", ""))
        if "role" not in one and kind in RETURNED:
            turns.append({"role": "tool", "parts": [one]})
        elif "role" not in one and kind in SPOKEN_BY_MODELS:
            if spoken is None:
                turns.append(spoken := {"role": "assistant", "parts": []})
            spoken["parts"].append(one)
            continue
        elif spoken is not None and kind == "message" and one.get("role") == "assistant":
            spoken["parts"].append(one)
            continue
        else:
            turns.append(one)
        spoken = None
    return turns


def _in_order(raw: dict[str, Any], parts: Sequence[Part]) -> list[Message]:
    """An answer in whose course a provider ran tools itself: calls, results and words as they came."""
    told: list[Message] = []
    for part in parts:
        role: Role = "tool" if part["type"] == "tool_result" else "assistant"
        if not told or told[-1]["role"] != role:
            told.append(_message({} if role == "tool" else raw, role, []))
        told[-1]["parts"].append(part)
    for earlier in told[:-1]:
        earlier.pop("finish_reason", None)
    return told


def _message(raw: dict[str, Any], role: Role, parts: list[Part]) -> Message:
    message: Message = {"role": role, "parts": parts}
    if raw.get("name") and isinstance(raw["name"], str):
        message["name"] = raw["name"]
    if raw.get("finish_reason"):
        message["finish_reason"] = finish_reason(raw["finish_reason"])
    for field in SAID_OF_A_MESSAGE:
        if raw.get(field) is not None:
            message[field] = raw[field]  # type: ignore[literal-required]
    if raw.get("logprobs") and is_places(raw["logprobs"]):
        message["logprobs"] = raw["logprobs"]
    return message


def _parts(raw: dict[str, Any], role: Role) -> list[Part]:
    content = raw.get("parts", raw.get("content"))
    if role == "tool" and not _holds_results(content):
        return [read_result({"id": raw.get("tool_call_id") or raw.get("id"), "name": raw.get("name"), "result": content,
                             "is_error": raw.get("is_error")})]  # fmt: skip
    parts: list[Part] = []
    for field in ("reasoning_content", "reasoning"):
        if isinstance(raw.get(field), str) and raw[field]:
            parts.append({"type": "reasoning", "text": raw[field]})
            break
    parts += read_parts(content)
    if raw.get("refusal") and isinstance(raw["refusal"], str):
        parts.append(text_part(raw["refusal"]))
    told = {part["id"] for part in parts if part["type"] == "tool_call" and part["id"]}
    calls = value_of(raw.get("tool_calls"))
    parts += [
        part
        for one in (calls if isinstance(calls, list) else [])
        if isinstance(one, dict) and (part := read_call(one))["id"] not in told
    ]
    if isinstance(raw.get("function_call"), dict):
        parts.append(read_call(raw["function_call"]))
    return parts


def _holds_results(content: Any) -> bool:
    """Whether a tool turn is made of result parts (GenAI, Gemini, AI SDK) and is not itself the result (OpenAI)."""
    return isinstance(content, list) and any(part["type"] == "tool_result" for part in read_parts(content))
