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


class TokenLogprob(TypedDict):
    """One token the model chose: offsets in its message's text part `part`, natural logarithm of its probability.

    The token itself is the text between the offsets and is not stored a second time: split into tokens, a secret
    would pass every rule. Offsets are those of the redacted text; a token that touched a surrogate covers all of it.
    """

    part: int
    start: int
    end: int
    logprob: float


class Passage(TypedDict):
    """One document of a retrieval part; the text is in the conversation's `retrieval`, under the same hash."""

    document_id: str
    passage_hash: str
    score: float | None


class Part(TypedDict, total=False):
    """One typed piece of a message; `type` decides which of the other fields are present.

    text, reasoning: `text` · tool_call: `id`, `name`, `arguments` (the text itself where it is no JSON) ·
    tool_result: `id`, `name`, `result`, `is_error`, `timed_out`, `duration_ms` · code_execution: `id`, `language`,
    `input`, `stdout`, `stderr`, `exit_code`, `truncated`, `timed_out` · retrieval: `query`, `documents` ·
    file: `uri` or `sha256`, `name`, `mime_type`, `size` · data: `name`, `result` (a type nobody knows, kept).
    """

    type: str
    text: str
    id: str
    name: str
    arguments: Any
    result: Any
    is_error: bool
    timed_out: bool
    truncated: bool
    duration_ms: float
    language: str
    input: str
    stdout: str
    stderr: str
    exit_code: int
    query: str
    documents: list[Passage]
    uri: str
    sha256: str
    mime_type: str
    size: int


class Message(TypedDict):
    """One turn of one role."""

    role: Role
    parts: list[Part]
    name: NotRequired[str]
    finish_reason: NotRequired[str]
    model: NotRequired[str]
    logprobs: NotRequired[list[TokenLogprob]]
    weight: NotRequired[float]


class Tool(TypedDict):
    """A tool the model was offered; `parameters` is its JSON schema.

    `irreversible`: what it does cannot be undone; `sandboxed`: it cannot reach the world. Absent is unknown.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    irreversible: NotRequired[bool]
    sandboxed: NotRequired[bool]


class Retrieved(TypedDict):
    """A passage that retrieval handed to the model; `passage_hash` is the sha256 of its redacted text, in hex."""

    document_id: str
    text: str
    score: float | None
    uri: NotRequired[str]
    passage_hash: NotRequired[str]


class Guard(TypedDict):
    """What one guard said: `layer` input, output, tool or retrieval; `verdict` allow, flag, redact, block or escalate."""

    layer: str
    name: str
    rule_version: str
    score: float | None
    verdict: str


class Interrupt(TypedDict):
    """Something cut the course of the conversation short: `kind` timeout, cancelled, handover or error."""

    kind: str
    at: str
    span_id: str
    detail: str
    recovered: bool


class Price(TypedDict):
    """How a cost came about: `source` reported (the sender said so) or book, and which version of which book."""

    source: str
    book: str
    version: int


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
    price: NotRequired[Price]


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


class Provenance(TypedDict):
    """How it was told: `shapes` of telemetry (genai, openinference, …) and the instrumentation `scopes` that wrote it."""

    shapes: list[str]
    scopes: list[str]


class Conversation(TypedDict):
    """The whole of it; see the module docstring.

    Bodies written before a key was added lack it: read `guards`, `interrupts` and `provenance` with `get`.
    """

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
    guards: NotRequired[list[Guard]]
    interrupts: NotRequired[list[Interrupt]]
    provenance: NotRequired[Provenance]


def text_part(text: str) -> Part:
    """A part of plain text."""
    return {"type": "text", "text": text}


def message(role: Role, text: str) -> Message:
    """A message of one text part."""
    return {"role": role, "parts": [text_part(text)]}


def empty_context() -> Context:
    """A context in which nothing is known."""
    return cast(Context, dict.fromkeys(Context.__required_keys__, ""))


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
        "guards": [],
        "interrupts": [],
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


def user_text(conversation: Conversation) -> str:
    """Everything the user said, turn by turn."""
    return "\n".join(message_text(one) for one in conversation["messages"] if one["role"] == "user")


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
