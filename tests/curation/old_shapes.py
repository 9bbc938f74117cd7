"""The scenarios in shapes whose instrumentations cannot be installed beside the current ones, built by their conventions.

OpenLLMetry before 0.50 (`gen_ai.prompt.N.*`), GenAI ≤ 1.36 as span events, the prompt and completion events before
that, and Vercel's AI SDK, which is JavaScript.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from curation.formats.spans import Span, SpanEvent
from tests.curation.scenarios import (
    ANSWERED,
    ASKED,
    DOCUMENTS,
    EMBEDDER,
    ENVIRONMENT,
    FAILURE,
    RELEASE,
    SCENARIOS,
    SERVICE,
    SESSION,
    TOOLS,
    USER,
    Ask,
    Scenario,
)

SECOND = 10**9
RESOURCE = {
    "service.name": SERVICE,
    "deployment.environment.name": ENVIRONMENT,
    "service.version": RELEASE,
}
Attributes = dict[str, Any]
Writer = Callable[[Ask, int], tuple[Attributes, list[SpanEvent]]]


class Trace:
    """Spans of one trace, one second each, children before their root."""

    def __init__(self, scenario: Scenario, number: int) -> None:
        self.trace_id, self.scenario, self.ids = f"{number + 1:032x}", scenario, count(1)
        self.root, self.spans = f"{number + 1:08x}{0:08x}", list[Span]()

    def add(
        self, name: str, attributes: Attributes, events: list[SpanEvent] | None = None, *, failed: bool = False,
        parent: str | None = None, scope: str = "old",
    ) -> str:  # fmt: skip
        """One more span; its id."""
        number = next(self.ids)
        span_id = f"{self.root[:8]}{number:08x}"
        self.spans.append({
            "trace_id": self.trace_id, "span_id": span_id, "parent_id": self.root if parent is None else parent,
            "name": name, "kind": "client", "start": number * SECOND, "end": (number + 1) * SECOND,
            "status": "error" if failed else "unset",
            "status_message": f"Error code: 500 - {FAILURE}" if failed else "",
            "attributes": attributes, "events": events or [], "resource": RESOURCE, "scope": scope,
        })  # fmt: skip
        return span_id

    def finished(self, attributes: Attributes) -> list[Span]:
        """All of it, with the root."""
        own: Attributes = {"app.scenario": self.scenario.name}
        own |= {"winnow.escalated": True} if self.scenario.escalated else {}
        last = self.add("root", own | attributes)
        root = self.spans[-1]
        ended = root["end"]
        self.spans[-1] = {**root, "span_id": self.root, "parent_id": "", "start": SECOND // 2, "end": ended}
        assert last
        return self.spans


def started(number: int) -> int:
    """When the span of this number in its trace began, in nanoseconds."""
    return number * SECOND


def usage(ask: Ask, prompt: str, completion: str) -> Attributes:
    """Tokens under these names, where there was an answer."""
    return {prompt: ask.tokens[0], completion: ask.tokens[1]} if ask.choices else {}


def openllmetry_old() -> dict[str, list[Span]]:
    """OpenLLMetry before 0.50."""
    found = {}
    for number, scenario in enumerate(SCENARIOS):
        trace = Trace(scenario, number)
        _search(trace, scenario)
        for place, ask in enumerate(scenario.asks):
            if place:
                for name, arguments, result in scenario.ran:
                    trace.add(f"{name}.tool", {
                        "traceloop.span.kind": "tool", "traceloop.entity.name": name,
                        "traceloop.entity.input": json.dumps({"inputs": arguments}),
                        "traceloop.entity.output": json.dumps(result),
                    })  # fmt: skip
            trace.add("openai.chat", _flat(ask), failed=not ask.choices)
        if scenario.embedded:
            trace.add("openai.embeddings", {
                "llm.request.type": "embedding", "gen_ai.system": "OpenAI", "gen_ai.request.model": EMBEDDER,
                "gen_ai.response.model": EMBEDDER, "gen_ai.prompt.0.content": "moss", "gen_ai.usage.prompt_tokens": 8,
                "llm.usage.total_tokens": 8,
            })  # fmt: skip
        found[scenario.name] = trace.finished({
            "traceloop.span.kind": "workflow", "traceloop.entity.name": "helpdesk",
            "traceloop.association.properties.session_id": SESSION,
            "traceloop.association.properties.user_id": USER,
        })  # fmt: skip
    return found


def _flat(ask: Ask) -> Attributes:
    said: Attributes = {
        "llm.request.type": "chat",
        "gen_ai.system": "OpenAI",
        "gen_ai.request.model": ASKED,
        "llm.is_streaming": ask.stream,
    }
    for place, message in enumerate(ask.messages):
        said |= _flat_message(f"gen_ai.prompt.{place}", message)
    for place, message in enumerate(ask.choices):
        said |= _flat_message(f"gen_ai.completion.{place}", message)
        said[f"gen_ai.completion.{place}.finish_reason"] = ask.finish
    if ask.tools:
        for place, tool in enumerate(TOOLS):
            for name, value in tool["function"].items():  # type: ignore[attr-defined]
                said[f"llm.request.functions.{place}.{name}"] = (
                    value if isinstance(value, str) else json.dumps(value)
                )
    if ask.choices:
        said |= {"gen_ai.response.model": ANSWERED, "llm.usage.total_tokens": sum(ask.tokens)}
    else:
        said["error.type"] = "InternalServerError"
    return said | usage(ask, "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens")


def _flat_message(prefix: str, message: Attributes) -> Attributes:
    said = {
        f"{prefix}.{name}": message[name] for name in ("role", "content", "tool_call_id") if message.get(name)
    }
    for place, call in enumerate(message.get("tool_calls", [])):
        start = f"{prefix}.tool_calls.{place}"
        said |= {
            f"{start}.id": call["id"],
            f"{start}.name": call["function"]["name"],
            f"{start}.arguments": call["function"]["arguments"],
        }
    return said


def span_events() -> dict[str, list[Span]]:
    """GenAI ≤ 1.36 where every message is an event of the span, its fields JSON in `gen_ai.event.content`."""
    return _genai(_message_events, "gen_ai.system")


def prompt_events() -> dict[str, list[Span]]:
    """Before that: the whole prompt in one event, the whole completion in another."""
    return _genai(_content_events, "gen_ai.system")


def _genai(write: Writer, provider: str) -> dict[str, list[Span]]:
    found = {}
    for number, scenario in enumerate(SCENARIOS):
        trace = Trace(scenario, number)
        _search(trace, scenario)
        for place, ask in enumerate(scenario.asks):
            if place:
                for name, arguments, result in scenario.ran:
                    trace.add(f"execute_tool {name}", {
                        "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name,
                        "gen_ai.tool.call.arguments": json.dumps(arguments),
                        "gen_ai.tool.call.result": json.dumps(result),
                    })  # fmt: skip
            said: Attributes = {
                "gen_ai.operation.name": "chat",
                provider: "openai",
                "gen_ai.request.model": ASKED,
            }
            said |= {"gen_ai.response.model": ANSWERED, "gen_ai.response.finish_reasons": [ask.finish] * len(ask.choices)} if (
                ask.choices) else {"error.type": "InternalServerError"}  # fmt: skip
            said |= usage(ask, "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens")
            more, events = write(ask, started(len(trace.spans) + 1))
            trace.add("chat", said | more, events, failed=not ask.choices)
        if scenario.embedded:
            trace.add("embeddings", {
                "gen_ai.operation.name": "embeddings", provider: "openai", "gen_ai.request.model": EMBEDDER,
                "gen_ai.response.model": EMBEDDER, "gen_ai.usage.input_tokens": 8,
            })  # fmt: skip
        found[scenario.name] = trace.finished({
            "gen_ai.operation.name": "invoke_agent", "session.id": SESSION, "user.id": USER,
        })  # fmt: skip
    return found


def _message_events(ask: Ask, began: int) -> tuple[Attributes, list[SpanEvent]]:
    events: list[SpanEvent] = []
    for place, message in enumerate(ask.messages):
        body = {
            name: value for name, value in message.items() if name != "tool_call_id" and value is not None
        }
        body |= {"id": message["tool_call_id"]} if "tool_call_id" in message else {}
        events.append(_event(f"gen_ai.{message['role']}.message", began + place, body))
    for place, message in enumerate(ask.choices):
        body = {"index": place, "finish_reason": ask.finish, "message": message}
        events.append(_event("gen_ai.choice", began + 100 + place, body))
    return {}, events


def _event(name: str, time: int, body: Attributes) -> SpanEvent:
    attributes = {"gen_ai.system": "openai", "gen_ai.event.content": json.dumps(body)}
    return {"name": name, "time": time, "attributes": attributes}


def _content_events(ask: Ask, began: int) -> tuple[Attributes, list[SpanEvent]]:
    events: list[SpanEvent] = [{
        "name": "gen_ai.content.prompt", "time": began, "attributes": {"gen_ai.prompt": json.dumps(ask.messages)},
    }]  # fmt: skip
    if ask.choices:
        attributes = {"gen_ai.completion": json.dumps(ask.choices)}
        events.append({"name": "gen_ai.content.completion", "time": began + 1, "attributes": attributes})
    return {}, events


def vercel() -> dict[str, list[Span]]:
    """The AI SDK: a wrapper span, in it one span per step and one per tool; tokens on wrapper and steps."""
    found = {}
    for number, scenario in enumerate(SCENARIOS):
        trace = Trace(scenario, number)
        _search(trace, scenario)
        whole = {
            "ai.operationId": "ai.generateText",
            "ai.model.id": ASKED,
            "ai.model.provider": "openai.chat",
        }
        total = [sum(column) for column in zip(*(ask.tokens for ask in scenario.asks), strict=True)] or [0, 0]
        own = {"ai.telemetry.metadata.sessionId": SESSION, "ai.telemetry.metadata.userId": USER}
        whole |= (
            {"ai.usage.promptTokens": total[0], "ai.usage.completionTokens": total[1]}
            if scenario.asks
            else {}
        )  # type: ignore[dict-item]
        outer = trace.add("ai.generateText", whole | own, scope="ai") if scenario.asks else ""
        for place, ask in enumerate(scenario.asks):
            for name, arguments, result in scenario.ran if place else []:
                trace.add("ai.toolCall", {
                    "ai.operationId": "ai.toolCall", "ai.toolCall.name": name, "ai.toolCall.args": json.dumps(arguments),
                    "ai.toolCall.result": json.dumps(result),
                }, parent=outer, scope="ai")  # fmt: skip
            trace.add(
                "ai.generateText.doGenerate", _step(ask), failed=not ask.choices, parent=outer, scope="ai"
            )
        if scenario.embedded:
            trace.add("ai.embed.doEmbed", {
                "ai.operationId": "ai.embed.doEmbed", "ai.model.id": EMBEDDER, "ai.model.provider": "openai.embedding",
                "ai.usage.tokens": 8, "ai.values": ["moss", "fern"], "ai.embeddings": ["[0.5]", "[0.5]"],
                **own,
            }, scope="ai")  # fmt: skip
        found[scenario.name] = trace.finished({})
    return found


def _step(ask: Ask) -> Attributes:
    said: Attributes = {
        "ai.operationId": "ai.generateText.doGenerate", "ai.model.id": ASKED, "ai.model.provider": "openai.chat",
        "gen_ai.system": "openai.chat", "gen_ai.request.model": ASKED,
        "ai.prompt.messages": json.dumps([_ai_message(one) for one in ask.messages]),
    }  # fmt: skip
    if ask.tools:
        said["ai.prompt.tools"] = [
            json.dumps({"type": "function", "name": tool["function"]["name"],  # type: ignore[index]
                        "description": tool["function"]["description"], "inputSchema": tool["function"]["parameters"]})  # type: ignore[index]
            for tool in TOOLS
        ]  # fmt: skip
    if not ask.choices:
        return said | {"error.type": "InternalServerError"}
    answer = ask.choices[0]
    reason = ask.finish.replace("_", "-")
    said |= {"ai.response.finishReason": reason, "gen_ai.response.finish_reasons": [reason],
             "ai.response.model": ANSWERED, "gen_ai.response.model": ANSWERED}  # fmt: skip
    said |= {"ai.response.text": answer["content"]} if answer["content"] else {}
    if "tool_calls" in answer:
        said["ai.response.toolCalls"] = json.dumps(list(_ai_calls(answer)))
    said |= usage(ask, "ai.usage.promptTokens", "ai.usage.completionTokens")
    return said | usage(ask, "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens")


def _ai_message(message: Attributes) -> Attributes:
    if message["role"] == "tool":
        names = {"call_1": "find_plant", "call_2": "sum"}
        call_id = message["tool_call_id"]
        output = {"type": "json", "value": json.loads(message["content"])} if call_id == "call_1" else {
            "type": "text", "value": message["content"]}  # fmt: skip
        content = [
            {"type": "tool-result", "toolCallId": call_id, "toolName": names[call_id], "output": output}
        ]
        return {"role": "tool", "content": content}
    if message["role"] == "system":
        return message
    calls = list(_ai_calls(message))
    return {
        "role": message["role"],
        "content": [{"type": "text", "text": message["content"]}] if message["content"] else calls,
    }


def _ai_calls(message: Attributes) -> Iterator[Attributes]:
    for call in message.get("tool_calls", []):
        raw = call["function"]["arguments"]
        arguments: Any = json.loads(raw) if raw.endswith("}") else raw
        yield {
            "type": "tool-call",
            "toolCallId": call["id"],
            "toolName": call["function"]["name"],
            "input": arguments,
        }


def _search(trace: Trace, scenario: Scenario) -> None:
    if scenario.retrieved:
        trace.add("retrieval", {
            "gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": json.dumps(DOCUMENTS),
        })  # fmt: skip


BUILT = {
    "openllmetry-old": openllmetry_old,
    "genai-span-events": span_events,
    "genai-prompt-events": prompt_events,
    "vercel": vercel,
}
