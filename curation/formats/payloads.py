"""What was sent to a provider and what came back, in the provider's own JSON, as GenAI attributes.

Wrappers often keep request and response whole (OpenInference's `input.value`, Langfuse's `input`): OpenAI chat,
completions and responses, Anthropic messages, Gemini, LangChain's serialised messages, plain text.
"""

from __future__ import annotations

import re
from typing import Any

from curation.formats.call_facts import put_usage
from curation.formats.json_text import as_text, value_of
from curation.formats.rewriting import EMPTY, Rewriting, as_dict, as_list

INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
MESSAGE_KEYS = {"role", "parts"}
NO_WORDS = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>")
"""What Python prints for an object that was never read, such as a stream."""


def put_request(rewriting: Rewriting, raw: Any) -> None:
    """Messages, instructions and tools out of a request, or out of the messages alone."""
    value = value_of(raw)
    rewriting.put(INPUT, asked(value))
    if isinstance(value, dict) and not MESSAGE_KEYS & value.keys():
        system = value.get("system", value.get("instructions", value.get("system_instruction")))
        if system not in EMPTY:
            rewriting.put("gen_ai.system_instructions", [{"type": "text", "content": system}] if isinstance(system, str)
                          else system.get("parts", [system]) if isinstance(system, dict) else system)  # fmt: skip
        rewriting.put(
            "gen_ai.tool.definitions", as_list(value.get("tools")) or as_list(value.get("functions"))
        )


def put_response(rewriting: Rewriting, raw: Any) -> None:
    """Choices, usage, model and finish reasons out of a response, or out of the message alone."""
    value = value_of(raw)
    rewriting.put(OUTPUT, answered(value))
    if isinstance(value, dict) and not MESSAGE_KEYS & value.keys() - {"role"}:
        put_usage(rewriting, value.get("usage", value.get("usageMetadata")))
        if "choices" in value or "content" in value or "output" in value or "candidates" in value:
            rewriting.put("gen_ai.response.model", value.get("model", value.get("modelVersion")))
            rewriting.put("gen_ai.response.id", value.get("id"))


def asked(value: Any) -> list[dict[str, Any]]:
    """The messages of a request; a text, or an object nobody knows, is something the user said."""
    value = value_of(value)
    if isinstance(value, str):
        return [{"role": "user", "content": value}] if value else []
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], list):
            return asked(value[0])
        return [
            _message(one) if isinstance(one, dict) else {"role": "user", "content": as_text(one)}
            for one in value
        ]
    if not isinstance(value, dict) or not value:
        return []
    for name in ("messages", "input", "contents", "prompt"):
        if name in value and not MESSAGE_KEYS & value.keys():
            return asked(value[name])
    return [_message(value)] if _is_message(value) else [{"role": "user", "content": as_text(value)}]


def answered(value: Any) -> list[dict[str, Any]]:
    """The choices of a response, each one message with its finish reason."""
    value = value_of(value)
    if isinstance(value, str):
        return [{"role": "assistant", "content": value}] if value and not NO_WORDS.fullmatch(value) else []
    if isinstance(value, list):
        return _answers(value)
    if not isinstance(value, dict) or not value:
        return []
    if isinstance(value.get("choices"), list):
        return [_choice(one) for one in value["choices"] if isinstance(one, dict)]
    if isinstance(value.get("candidates"), list):
        return [_candidate(one) for one in value["candidates"] if isinstance(one, dict)]
    if isinstance(value.get("generations"), list):
        return [_generation(one) for listed in value["generations"] for one in as_list(listed)]
    if isinstance(value.get("output"), list):
        return [{"role": "assistant", "parts": value["output"], "finish_reason": value.get("status")}]
    if isinstance(value.get("messages"), list):
        return _answers([one for one in value["messages"] if isinstance(one, dict)])
    if _is_message(value) or ("content" in value and "stop_reason" in value):
        message = {"role": "assistant"} | _message(value)
        reason = value.get("finish_reason") or value.get("stop_reason")
        return [message | ({"finish_reason": reason} if reason else {})]
    return [{"role": "assistant", "content": as_text(value)}]


def _answers(listed: list[Any]) -> list[dict[str, Any]]:
    """A list is one choice each where all are said by the model; of a whole conversation the end is the answer."""
    if all(isinstance(one, str) for one in listed):
        return [{"role": "assistant", "content": one} for one in listed if one]
    given = [_message(one) for one in listed if isinstance(one, dict)]
    if given and all("role" not in one and "type" in one for one in given):
        return [{"role": "assistant", "parts": given}]
    if given and all(one.get("role") in ("assistant", "model", "ai") for one in given):
        return given
    return given[-1:] if given and given[-1].get("role") in ("assistant", "model", "ai") else []


def _is_message(value: dict[str, Any]) -> bool:
    return bool(MESSAGE_KEYS & value.keys()) or "kwargs" in value or (
        "content" in value and value.get("type") in ("human", "ai", "system", "tool", "message")
    )  # fmt: skip


def _message(raw: dict[str, Any]) -> dict[str, Any]:
    """LangChain's messages say who spoke in `type`, and their calls have `args`; other messages stay as they are."""
    inner = as_dict(raw.get("kwargs")) or as_dict(raw.get("data")) or raw
    spoken_by = inner.get("type", raw.get("type"))
    if "role" in inner or spoken_by not in ("human", "ai", "system", "tool", "function"):
        return raw
    return {**{name: inner[name] for name in inner if name != "type"}, "role": spoken_by}


def _choice(raw: dict[str, Any]) -> dict[str, Any]:
    message = as_dict(raw.get("message")) or {"role": "assistant", "content": raw.get("text", "")}
    reason = raw.get("finish_reason")
    return {"role": "assistant"} | message | ({"finish_reason": reason} if reason else {})


def _candidate(raw: dict[str, Any]) -> dict[str, Any]:
    reason = raw.get("finishReason", raw.get("finish_reason"))
    return as_dict(raw.get("content")) | {"role": "assistant"} | ({"finish_reason": reason} if reason else {})


def _generation(raw: Any) -> dict[str, Any]:
    one = as_dict(raw)
    message = (
        _message(as_dict(one.get("message"))) if one.get("message") else {"content": one.get("text", "")}
    )
    said = (as_dict(one.get("generation_info")), as_dict(message.get("response_metadata")))
    reason = next((found["finish_reason"] for found in said if found.get("finish_reason")), None)
    return message | {"role": "assistant"} | ({"finish_reason": reason} if reason else {})
