"""Messages of the normal form as OpenAI chat has them; what chat has no form for is written so that it can be read."""

from __future__ import annotations

from typing import Any

from curation.conversation import Conversation, Message, Part, Tool, answer_text, split_answer
from curation.formats.files.base import CannotWrite
from curation.formats.messages import encoded

FINISHED = "stop"


def chat_messages(messages: list[Message]) -> list[dict[str, Any]]:
    """The messages, each tool result as one of its own."""
    return [written for one in messages for written in chat_message(one)]


def chat_message(one: Message) -> list[dict[str, Any]]:
    """One message, and one more for each tool result in it."""
    results = [part for part in one["parts"] if part["type"] == "tool_result"]
    words = [part for part in one["parts"] if part["type"] != "tool_result"]
    written = [_chat(one, words)] if words or not results else []
    return written + [_result(part) for part in results]


def _chat(one: Message, parts: list[Part]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": one["role"], "content": _content(parts)}
    if one.get("name"):
        message["name"] = one["name"]
    if "weight" in one:
        message["weight"] = one["weight"]
    if thoughts := [part.get("text", "") for part in parts if part["type"] == "reasoning"]:
        message["reasoning_content"] = "\n".join(thoughts)
    if calls := [chat_call(part) for part in parts if part["type"] == "tool_call"]:
        message["tool_calls"] = calls
    if one["role"] == "tool":
        message["tool_call_id"] = ""
    return message


def _content(parts: list[Part]) -> Any:
    shown = [part for part in parts if part["type"] not in ("tool_call", "reasoning")]
    if not shown:
        return None
    if all(part["type"] != "file" for part in shown):
        return readable(shown)
    return [
        _file(part) if part["type"] == "file" else {"type": "text", "text": part_text(part)} for part in shown
    ]


def _file(part: Part) -> dict[str, Any]:
    uri = part.get("uri") or (f"sha256:{part['sha256']}" if part.get("sha256") else "")
    if part.get("mime_type", "image/").startswith("image/"):
        return {"type": "image_url", "image_url": {"url": uri}}
    return {"type": "file", "file": {"file_id": uri, "filename": part.get("name", "")}}


def chat_call(part: Part) -> dict[str, Any]:
    """A tool call; arguments as text, as the API has them."""
    return {
        "id": part.get("id", ""),
        "type": "function",
        "function": {"name": part.get("name", ""), "arguments": as_text(part.get("arguments", {}))},
    }


def _result(part: Part) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": part.get("id", ""), "content": as_text(part.get("result", ""))}


def chat_tools(tools: list[Tool]) -> list[dict[str, Any]]:
    """Tool definitions as functions."""
    return [{"type": "function", "function": dict(tool)} for tool in tools]


def readable(parts: list[Part]) -> str:
    """Parts as one text for a reader who knows text only."""
    return "\n".join(part_text(part) for part in parts)


def part_text(part: Part) -> str:
    """One part as text."""
    kind = part["type"]
    if kind in ("text", "reasoning"):
        return part.get("text", "")
    if kind == "code_execution":
        ran = f"```{part.get('language', '')}\n{part.get('input', '')}\n```"
        return "\n".join(one for one in (ran, part.get("stdout", ""), part.get("stderr", "")) if one)
    if kind == "file":
        return f"[{part.get('name') or part.get('uri') or part.get('sha256') or 'file'}]"
    return encoded({name: value for name, value in part.items() if name != "type"})


def as_text(value: Any) -> str:
    """A value as text: itself, or as JSON."""
    return value if isinstance(value, str) else encoded(value)


def asked_and_answered(conversation: Conversation) -> tuple[list[Message], Message]:
    """(prompt, answer) of a conversation that training can use; raises CannotWrite for one without either."""
    prompt, answer = split_answer(conversation)
    if conversation["status"] == "error" or not answer:
        raise CannotWrite("no_answer")
    if not answer_text(conversation) and all(part["type"] != "tool_call" for part in answer[0]["parts"]):
        raise CannotWrite("no_answer")
    if not any(one["role"] == "user" for one in prompt):
        raise CannotWrite("no_question")
    return prompt, answer[0]


def finish(one: Message) -> str:
    """Why an answer ended, as OpenAI says it."""
    return one.get("finish_reason", FINISHED)
