"""Runs the scenarios with a real client and a real instrumentation, and writes down the spans it sends.

`python -m tests.curation.instrumented SHAPE` prints one JSON line per span, in the form the readers give.
A process of its own, as an instrumentation changes the client's module for good.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.curation.fake_models import FakeModels, fake_models
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

Call = Callable[[FakeModels, Ask], None]


def main(shape: str) -> None:
    """Print the spans of every scenario in this shape."""
    logging.disable(logging.CRITICAL)
    exporter = InMemorySpanExporter()
    resource = Resource({"service.name": SERVICE, "deployment.environment.name": ENVIRONMENT,
                         "service.version": RELEASE})  # fmt: skip
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    with fake_models() as server:
        {"openllmetry": _openllmetry, "openinference": _openinference, "langfuse": _langfuse,
         "nested": _nested, "genai": _genai}[shape](server, provider)  # fmt: skip
    for span in exporter.get_finished_spans():
        print(json.dumps(as_span(span)))


def as_span(span: ReadableSpan) -> dict[str, Any]:
    """The span as the OTLP readers give it."""
    context, parent = span.get_span_context(), span.parent
    assert context is not None
    return {
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
        "parent_id": f"{parent.span_id:016x}" if parent else "",
        "name": span.name,
        "kind": span.kind.name.lower(),
        "start": span.start_time,
        "end": span.end_time,
        "status": span.status.status_code.name.lower(),
        "status_message": span.status.description or "",
        "attributes": _plain(span.attributes),
        "events": [
            {"name": event.name, "time": event.timestamp, "attributes": _plain(event.attributes)}
            for event in span.events
        ],
        "resource": _plain(span.resource.attributes),
        "scope": span.instrumentation_scope.name if span.instrumentation_scope else "",
    }


def _plain(attributes: Any) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in attributes.items()}


def _reply(server: FakeModels, ask: Ask) -> None:
    if not ask.choices:
        server.will_say({"error": {"message": FAILURE, "type": "server_error"}}, status=500)
        return
    base = {"id": "chatcmpl-toy", "created": 1_760_000_000, "model": ANSWERED}
    usage = {
        "prompt_tokens": ask.tokens[0],
        "completion_tokens": ask.tokens[1],
        "total_tokens": sum(ask.tokens),
    }
    choices = [
        {"index": place, "finish_reason": ask.finish, "message": one} for place, one in enumerate(ask.choices)
    ]
    if not ask.stream:
        server.will_say({**base, "object": "chat.completion", "choices": choices, "usage": usage})
        return
    chunk = {**base, "object": "chat.completion.chunk"}
    words = [{"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
             for word in ask.choices[0]["content"].partition(" ")]  # fmt: skip
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    server.will_say([
        *({**chunk, "choices": [word]} for word in words), {**chunk, "choices": [last]},
        {**chunk, "choices": [], "usage": usage}, "[DONE]",
    ])  # fmt: skip


def _ask_openai(client: Any) -> Call:
    def ask(server: FakeModels, one: Ask) -> None:
        _reply(server, one)
        more: dict[str, Any] = {"tools": TOOLS} if one.tools else {}
        more |= {"stream": True, "stream_options": {"include_usage": True}} if one.stream else {}
        more |= {"n": len(one.choices)} if len(one.choices) > 1 else {}
        try:
            answer = client.chat.completions.create(
                model=ASKED, messages=one.messages, temperature=0.2, max_tokens=64, **more
            )
            if one.stream:
                list(answer)
        except Exception:
            if one.choices:
                raise

    return ask


def _embed(server: FakeModels, client: Any) -> None:
    data = [{"object": "embedding", "index": place, "embedding": [0.5, 0.5]} for place in range(2)]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    server.will_say({"object": "list", "model": EMBEDDER, "data": data, "usage": usage})
    client.embeddings.create(model=EMBEDDER, input=["moss", "fern"], encoding_format="float")


def _instrument(module: str, name: str, provider: TracerProvider) -> None:
    getattr(import_module(module), name)().instrument(tracer_provider=provider)


def _client(module: str, server: FakeModels) -> Any:
    return import_module(module).OpenAI(api_key="none", base_url=f"{server.url}/v1", max_retries=0)


def _play(scenario: Scenario, server: FakeModels, client: Any, steps: Any) -> None:
    """One scenario under a root span; `steps` opens the spans the application itself writes."""
    ask = _ask_openai(client)
    with steps.root(scenario):
        if scenario.retrieved:
            steps.retrieval()
        for place, one in enumerate(scenario.asks):
            if place and scenario.ran:
                for name, arguments, result in scenario.ran:
                    steps.tool(name, arguments, result)
            ask(server, one)
        if scenario.embedded:
            _embed(server, client)


class GenAiSteps:
    """The application's own spans under the GenAI convention."""

    def __init__(self, provider: TracerProvider) -> None:
        self.tracer = provider.get_tracer("app")

    @contextmanager
    def root(self, scenario: Scenario) -> Iterator[None]:
        """The span of the whole request."""
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "invoke_agent", "session.id": SESSION, "user.id": USER, "app.scenario": scenario.name,
        }  # fmt: skip
        attributes |= {"winnow.escalated": True} if scenario.escalated else {}
        with self.tracer.start_as_current_span("invoke_agent", attributes=attributes):
            yield

    def retrieval(self) -> None:
        """A search."""
        attributes = {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.documents": json.dumps(DOCUMENTS),
        }
        self.tracer.start_span("retrieval", attributes=attributes).end()

    def tool(self, name: str, arguments: Any, result: Any) -> None:
        """A tool that ran."""
        self.tracer.start_span(f"execute_tool {name}", attributes={
            "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name,
            "gen_ai.tool.call.arguments": json.dumps(arguments), "gen_ai.tool.call.result": json.dumps(result),
        }).end()  # fmt: skip


class OpenInferenceSteps(GenAiSteps):
    """The same under OpenInference."""

    @contextmanager
    def root(self, scenario: Scenario) -> Iterator[None]:
        """The span of the whole request."""
        attributes: dict[str, Any] = {
            "openinference.span.kind": "AGENT", "session.id": SESSION, "user.id": USER, "app.scenario": scenario.name,
        }  # fmt: skip
        if scenario.asks and scenario.asks[-1].choices:
            attributes |= {
                "input.value": scenario.asks[-1].messages[-1]["content"],
                "output.value": scenario.asks[-1].choices[0]["content"] or "",
            }
        attributes |= {"winnow.escalated": True} if scenario.escalated else {}
        with self.tracer.start_as_current_span("agent", attributes=attributes):
            yield

    def retrieval(self) -> None:
        """A search."""
        attributes: dict[str, Any] = {"openinference.span.kind": "RETRIEVER", "input.value": "moss"}
        for place, one in enumerate(DOCUMENTS):
            attributes |= {f"retrieval.documents.{place}.document.{name}": one[name] for name in one}
        self.tracer.start_span("search", attributes=attributes).end()

    def tool(self, name: str, arguments: Any, result: Any) -> None:
        """A tool that ran."""
        self.tracer.start_span(name, attributes={
            "openinference.span.kind": "TOOL", "tool.name": name, "tool.parameters": json.dumps(arguments),
            "input.value": json.dumps(arguments), "output.value": json.dumps(result),
        }).end()  # fmt: skip


class TraceloopSteps(GenAiSteps):
    """The same as OpenLLMetry's decorators write it."""

    @contextmanager
    def root(self, scenario: Scenario) -> Iterator[None]:
        """The span of the whole request."""
        own = {"traceloop.association.properties.session_id": SESSION,
               "traceloop.association.properties.user_id": USER}  # fmt: skip
        attributes: dict[str, Any] = {"traceloop.span.kind": "workflow", "traceloop.entity.name": "helpdesk",
                                      "app.scenario": scenario.name, **own}  # fmt: skip
        attributes |= {"winnow.escalated": True} if scenario.escalated else {}
        with self.tracer.start_as_current_span("helpdesk.workflow", attributes=attributes):
            yield

    def tool(self, name: str, arguments: Any, result: Any) -> None:
        """A tool that ran."""
        self.tracer.start_span(f"{name}.tool", attributes={
            "traceloop.span.kind": "tool", "traceloop.entity.name": name,
            "traceloop.entity.input": json.dumps({"args": [], "kwargs": arguments}),
            "traceloop.entity.output": json.dumps(result),
        }).end()  # fmt: skip


class LangfuseSteps:
    """The same through Langfuse's own SDK."""

    def __init__(self, client: Any) -> None:
        self.client = client

    @contextmanager
    def root(self, scenario: Scenario) -> Iterator[None]:
        """The span of the whole request."""
        propagate_attributes = import_module("langfuse").propagate_attributes
        metadata = {"app.scenario": scenario.name}
        with self.client.start_as_current_observation(
            as_type="agent", name="helpdesk", metadata=metadata
        ) as root:
            root._otel_span.set_attribute("app.scenario", scenario.name)
            if scenario.escalated:
                root._otel_span.set_attribute("winnow.escalated", True)
            with propagate_attributes(session_id=SESSION, user_id=USER):
                yield

    def retrieval(self) -> None:
        """A search."""
        with self.client.start_as_current_observation(
            as_type="retriever", name="search", input="moss"
        ) as one:
            one.update(output=DOCUMENTS)

    def tool(self, name: str, arguments: Any, result: Any) -> None:
        """A tool that ran."""
        with self.client.start_as_current_observation(as_type="tool", name=name, input=arguments) as one:
            one.update(output=result)


def _openllmetry(server: FakeModels, provider: TracerProvider) -> None:
    _instrument("opentelemetry.instrumentation.openai", "OpenAIInstrumentor", provider)
    for scenario in SCENARIOS:
        _play(scenario, server, _client("openai", server), TraceloopSteps(provider))


def _openinference(server: FakeModels, provider: TracerProvider) -> None:
    _instrument("openinference.instrumentation.openai", "OpenAIInstrumentor", provider)
    for scenario in SCENARIOS:
        _play(scenario, server, _client("openai", server), OpenInferenceSteps(provider))


def _genai(server: FakeModels, provider: TracerProvider) -> None:
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"
    _instrument("opentelemetry.instrumentation.openai_v2", "OpenAIInstrumentor", provider)
    for scenario in SCENARIOS:
        _play(scenario, server, _client("openai", server), GenAiSteps(provider))


def _langfuse(server: FakeModels, provider: TracerProvider) -> None:
    client = import_module("langfuse").Langfuse(
        public_key="pk-lf-test", secret_key="sk-lf-test", base_url="http://127.0.0.1:9", tracer_provider=provider,
        span_exporter=InMemorySpanExporter(), environment=ENVIRONMENT, release=RELEASE,
    )  # fmt: skip
    for scenario in SCENARIOS:
        _play(scenario, server, _client("langfuse.openai", server), LangfuseSteps(client))


def _nested(server: FakeModels, provider: TracerProvider) -> None:
    """Anthropic's SDK, which writes a span of its own, inside OpenInference's."""
    _instrument("openinference.instrumentation.anthropic", "AnthropicInstrumentor", provider)
    client = import_module("anthropic").Anthropic(api_key="none", base_url=server.url, max_retries=0)
    tools = [{"name": "find_plant", "description": "Find a plant", "input_schema": {"type": "object"}}]
    question: dict[str, Any] = {"role": "user", "content": "Is there a blue fern?"}
    thought = {"type": "thinking", "thinking": "look it up", "signature": "sig"}
    call = {"type": "tool_use", "id": "toolu_1", "name": "find_plant", "input": {"name": "blue fern"}}
    result = {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [{"type": "text", "text": "7 in stock"}],
    }
    usage = {
        "input_tokens": 20,
        "output_tokens": 9,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 30,
    }
    base = {"id": "msg_1", "type": "message", "role": "assistant", "model": ANSWERED}
    rounds: list[tuple[list[Any], list[Any], str]] = [
        ([question], [thought, call], "tool_use"),
        ([question, {"role": "assistant", "content": [thought, call]}, {"role": "user", "content": [result]}],
         [{"type": "text", "text": "Yes, 7."}], "end_turn"),
    ]  # fmt: skip
    with OpenInferenceSteps(provider).root(Scenario("nested", [])):
        for messages, content, reason in rounds:
            server.will_say({**base, "content": content, "stop_reason": reason, "usage": usage})
            client.messages.create(
                model=ASKED, max_tokens=64, system="Be brief.", messages=messages, tools=tools
            )


if __name__ == "__main__":
    main(sys.argv[1])
