"""The normal form of a conversation: what every format is read into and every later station reads.

A conversation is plain JSON, so that it can be hashed, stored, shown and exported without a class in
between. The types below name its fields; nothing here touches Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NotRequired, TypedDict, cast

SCHEMA = 1
ROLES = ("system", "user", "assistant", "tool")
Role = Literal["system", "user", "assistant", "tool"]


class Part(TypedDict, total=False):
    """One typed piece of a message; `type` decides which of the other fields are present."""

    type: str
    text: str
    id: str
    name: str
    arguments: Any
    result: Any
    is_error: bool
    uri: str
    mime_type: str


class Message(TypedDict):
    """One turn of one role."""

    role: Role
    parts: list[Part]
    name: NotRequired[str]
    finish_reason: NotRequired[str]
    model: NotRequired[str]


class Tool(TypedDict):
    """A tool the model was offered; `parameters` is its JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


class Retrieved(TypedDict):
    """A passage that retrieval handed to the model."""

    document_id: str
    text: str
    score: float | None
    uri: NotRequired[str]


class Call(TypedDict):
    """One model call: times in ISO 8601 UTC, latencies in milliseconds, cost in US dollars."""

    span_id: str
    operation: str
    provider: str
    model_requested: str
    model_answered: str
    usage: dict[str, int]
    started_at: str
    ended_at: str
    ttft_ms: float | None
    latency_ms: float | None
    status: str
    error_type: str
    cost_usd: float | None


class Failure(TypedDict):
    """Why a conversation ended without an answer."""

    type: str
    message: str


class Context(TypedDict):
    """Where a conversation happened; session and user are pseudonyms."""

    service: str
    environment: str
    release: str
    variant: str
    session: str
    user: str
    language: str


class Conversation(TypedDict):
    """The whole of it; see the module docstring."""

    schema: int
    messages: list[Message]
    alternatives: list[list[Message]]
    tools: list[Tool]
    retrieval: list[Retrieved]
    calls: list[Call]
    status: str
    error: Failure | None
    context: Context
    attributes: dict[str, Any]


def text_part(text: str) -> Part:
    """A part of plain text."""
    return {"type": "text", "text": text}


def message(role: Role, text: str) -> Message:
    """A message of one text part."""
    return {"role": role, "parts": [text_part(text)]}


def empty_context() -> Context:
    """A context in which nothing is known."""
    return cast(Context, dict.fromkeys(Context.__annotations__, ""))


def new_conversation(messages: Iterable[Message] = ()) -> Conversation:
    """A conversation with these messages and nothing else known about it."""
    return {
        "schema": SCHEMA,
        "messages": list(messages),
        "alternatives": [],
        "tools": [],
        "retrieval": [],
        "calls": [],
        "status": "ok",
        "error": None,
        "context": empty_context(),
        "attributes": {},
    }


def message_text(one: Message) -> str:
    """What a reader sees of a message: its text parts, tool calls and results left out."""
    return "\n".join(part.get("text", "") for part in one["parts"] if part.get("type") == "text")


def tool_calls(conversation: Conversation) -> Iterator[Part]:
    """Every tool call of the conversation, in order."""
    for one in conversation["messages"]:
        for part in one["parts"]:
            if part.get("type") == "tool_call":
                yield part


def tool_results(conversation: Conversation) -> Iterator[Part]:
    """Every tool result of the conversation, in order."""
    for one in conversation["messages"]:
        for part in one["parts"]:
            if part.get("type") == "tool_result":
                yield part


def split_answer(conversation: Conversation) -> tuple[list[Message], list[Message]]:
    """(prompt, answer): the answer is the assistant message at the end, nothing if there is none.

    A conversation that ends in a tool result has no answer yet: all of it is prompt.
    """
    messages = conversation["messages"]
    cut = len(messages)
    if cut and messages[-1]["role"] == "assistant":
        cut -= 1
    return messages[:cut], messages[cut:]


def asked(conversation: Conversation) -> list[Message]:
    """Everything up to and including the last thing the user said; what follows is how it was answered."""
    messages = conversation["messages"]
    last = max((place for place, one in enumerate(messages) if one["role"] == "user"), default=-1)
    return messages[: last + 1]


def answer_text(conversation: Conversation) -> str:
    """The text of the final answer, "" when the conversation has none."""
    return "\n".join(message_text(one) for one in split_answer(conversation)[1]).strip()


def last_user_text(conversation: Conversation) -> str:
    """The last thing the user asked."""
    for one in reversed(conversation["messages"]):
        if one["role"] == "user":
            return message_text(one)
    return ""


def turns(conversation: Conversation) -> int:
    """How many times the user spoke."""
    return sum(one["role"] == "user" for one in conversation["messages"])


def total_usage(conversation: Conversation) -> dict[str, int]:
    """Tokens of all model calls added up, by kind of token."""
    total: dict[str, int] = {}
    for call in conversation["calls"]:
        for kind, count in call["usage"].items():
            total[kind] = total.get(kind, 0) + count
    return total


def total_cost(conversation: Conversation) -> float:
    """US dollars of all model calls whose price is known."""
    return sum(call["cost_usd"] or 0.0 for call in conversation["calls"])
