"""Eleven conversations as a client has them with a model, and the normal form every shape must give for them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

ASKED, ANSWERED, EMBEDDER = "toy-1", "toy-1-2026-05-01", "toy-embed-1"
SERVICE, ENVIRONMENT, RELEASE = "garden-desk", "production", "2.0.1"
SESSION, USER = "sess-7", "user-3"
SYSTEM = {"role": "system", "content": "You help in a garden shop. Cite passages."}
TOOLS = [
    {"type": "function", "function": {
        "name": name, "description": description,
        "parameters": {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]},
    }}
    for name, description, argument in (
        ("find_plant", "Find a plant by its name", "name"), ("sum", "Evaluate a sum", "expression"),
    )
]  # fmt: skip
DOCUMENTS = [
    {"id": "moss#1", "content": "Moss wants shade.", "score": 0.9},
    {"id": "fern#4", "content": "Ferns want water every second day.", "score": 0.4},
]
FAILURE = "the glasshouse is closed"


@dataclass
class Ask:
    """One model call: what was sent, what came back (nothing for a failure), its tokens in and out."""

    messages: list[dict[str, Any]]
    choices: list[dict[str, Any]] = field(default_factory=list)
    tokens: tuple[int, int] = (0, 0)
    tools: bool = False
    stream: bool = False
    finish: str = "stop"


@dataclass
class Scenario:
    """What happened in one trace, in order."""

    name: str
    asks: list[Ask]
    ran: list[tuple[str, Any, Any]] = field(default_factory=list)
    retrieved: bool = False
    embedded: bool = False
    escalated: bool = False


def user(text: str) -> dict[str, Any]:
    """A user turn."""
    return {"role": "user", "content": text}


def said(text: str) -> dict[str, Any]:
    """An assistant turn of plain text."""
    return {"role": "assistant", "content": text}


def called(*calls: tuple[str, str, str]) -> dict[str, Any]:
    """An assistant turn that calls tools: (id, name, arguments as the model wrote them)."""
    return {"role": "assistant", "content": None, "tool_calls": [
        {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        for call_id, name, arguments in calls
    ]}  # fmt: skip


def _multiturn() -> Scenario:
    history: list[dict[str, Any]] = [SYSTEM]
    asks = []
    for number, question in enumerate(("Does moss need light?", "And a fern?", "Thanks, and a rose?")):
        history = [*history, user(question)]
        answer = said(f"Answer {number}: {question}")
        asks.append(Ask(history, [answer], (40 + 20 * number, 10 + number)))
        history = [*history, answer]
    return Scenario("multiturn", asks)


def _tools() -> Scenario:
    question = [SYSTEM, user("Is there a blue fern, and what do 3 cost at 4.50?")]
    calls = called(
        ("call_1", "find_plant", '{"name": "blue fern"}'), ("call_2", "sum", '{"expression": "3*4.5"}')
    )
    results = [
        {"role": "tool", "tool_call_id": "call_1", "content": '{"name": "blue fern", "stock": 7}'},
        {"role": "tool", "tool_call_id": "call_2", "content": "13.5"},
    ]
    first = Ask(question, [calls], (54, 24), tools=True, finish="tool_calls")
    last = Ask([*question, calls, *results], [said("There are 7; three cost 13.50.")], (170, 15), tools=True)
    return Scenario("tools", [first, last], [
        ("find_plant", {"name": "blue fern"}, {"name": "blue fern", "stock": 7}), ("sum", {"expression": "3*4.5"}, 13.5),
    ])  # fmt: skip


SCENARIOS = [
    Scenario("chat", [Ask([SYSTEM, user("Which soil for moss?")], [said("Acid soil.")], (48, 14))]),
    _multiturn(),
    _tools(),
    Scenario("rag", [Ask([SYSTEM, user("Moss wants shade.\n\nWhere do I put moss?")],
                         [said("In the shade [moss#1].")], (99, 9))], retrieved=True),
    Scenario("stream", [Ask([user("Tell me about ferns")], [said("Ferns are old.")], (24, 13), stream=True)]),
    Scenario("error", [Ask([user("hello?")])]),
    Scenario("pii", [Ask([SYSTEM, user("I am Ada Example, ada@example.org, call +49 30 901820.")],
                         [said("Hello Ada.")], (88, 14))]),
    Scenario("nbest", [Ask([user("Two slogans, please")], [said("Grow."), said("Bloom.")], (21, 11))]),
    Scenario("badargs", [Ask([user("broken call please")], [called(("call_9", "find_plant", '{"name": "blu'))],
                             (21, 12), tools=True, finish="tool_calls")]),
    Scenario("escalate", [Ask([SYSTEM, user("I want a person!")], [said("I am handing you over.")], (48, 15))],
             escalated=True),
    Scenario("embed", [], embedded=True),
]  # fmt: skip


def expected(scenario: Scenario) -> dict[str, Any]:
    """The parts of the normal form that no shape may tell otherwise."""
    last = scenario.asks[-1] if scenario.asks else Ask([])
    answers = [_message(one, last.finish, ANSWERED) for one in last.choices]
    failed = bool(scenario.asks) and not last.choices
    return {
        "messages": [_message(one) for one in last.messages] + answers[:1],
        "alternatives": [[answer] for answer in answers[1:]],
        "tools": [one["function"] for one in TOOLS] if last.tools else [],
        "retrieval": [
            {"document_id": one["id"], "text": one["content"], "score": one["score"],
             "passage_hash": hashlib.sha256(str(one["content"]).encode()).hexdigest()}
            for one in DOCUMENTS if scenario.retrieved
        ],
        "calls": [_call(ask) for ask in scenario.asks] + ([EMBEDDED] if scenario.embedded else []),
        "status": "error" if failed else "ok",
        "error": {"type": "InternalServerError", "message": f"Error code: 500 - {FAILURE}"} if failed else None,
        "context": {"service": SERVICE, "environment": ENVIRONMENT, "release": RELEASE, "variant": "",
                    "session": SESSION, "user": USER, "language": ""},
        "guards": [],
        "interrupts": _interrupts(scenario, failed),
    }  # fmt: skip


EMBEDDED = {"operation": "embeddings", "provider": "openai", "model_requested": EMBEDDER, "model_answered": EMBEDDER,
            "usage": {"input_tokens": 8}, "status": "ok", "error_type": "", "cost_usd": None}  # fmt: skip


def _interrupts(scenario: Scenario, failed: bool) -> list[dict[str, Any]]:
    if failed:
        return [{"kind": "error", "detail": "InternalServerError", "recovered": False}]
    return [{"kind": "handover", "detail": "", "recovered": False}] if scenario.escalated else []


def _call(ask: Ask) -> dict[str, Any]:
    return {
        "operation": "chat", "provider": "openai", "model_requested": ASKED,
        "model_answered": ANSWERED if ask.choices else "",
        "usage": {"input_tokens": ask.tokens[0], "output_tokens": ask.tokens[1]} if ask.choices else {},
        "status": "ok" if ask.choices else "error", "error_type": "" if ask.choices else "InternalServerError",
        "cost_usd": None,
    }  # fmt: skip


def _message(raw: dict[str, Any], finish: str = "", model: str = "") -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    if raw["role"] == "tool":
        names = {"call_1": "find_plant", "call_2": "sum"}
        result = {"name": "blue fern", "stock": 7} if raw["tool_call_id"] == "call_1" else raw["content"]
        call_id = raw["tool_call_id"]
        parts = [{"type": "tool_result", "id": call_id, "name": names[call_id], "result": result}]
    elif raw["content"]:
        parts = [{"type": "text", "text": raw["content"]}]
    parts += [
        {"type": "tool_call", "id": call["id"], "name": call["function"]["name"],
         "arguments": ARGUMENTS.get(call["function"]["arguments"], call["function"]["arguments"])}
        for call in raw.get("tool_calls", [])
    ]  # fmt: skip
    answer = {"finish_reason": finish, "model": model} if model else {}
    return {"role": raw["role"], "parts": parts, **answer}


ARGUMENTS: dict[str, Any] = {
    '{"name": "blue fern"}': {"name": "blue fern"},
    '{"expression": "3*4.5"}': {"expression": "3*4.5"},
}
