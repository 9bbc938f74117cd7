"""Whatever a sender writes under the names of any shape, it makes a conversation and never a crash."""

from __future__ import annotations

import json
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.content import content_of
from curation.formats.assemble import assemble
from curation.formats.genai import unfold
from curation.formats.signals import read_signals
from curation.formats.spans import Span

SMALL = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.sampled_from([
    "role", "parts", "content", "type", "text", "tool_call", "id", "name", "arguments", "function", "result", "user",
    "assistant", "tool", "messages", "choices", "message", "kwargs", "generations", "output", "candidates", "source",
    "image", "document", "server_tool_use", "code_execution", "code_interpreter_call", "outputs", "file_search_call",
    "results", "documents", "score", "blob", "data", "retrieval", "ai", "human", "usage", "functionCall", "outcome",
    "code_execution_tool_result", "tool_use_id", "input", "tools", "parameters", "annotations", "action", "summary",
])  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | WORDS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=25,
)
FLAT = st.builds(
    lambda start, middle, end: f"{start}.{middle}.{end}",
    st.sampled_from(["llm.input_messages", "llm.output_messages", "llm.tools", "gen_ai.prompt", "gen_ai.completion",
                     "retrieval.documents", "llm.request.functions", "annotations", "llm.prompts", "llm.choices"]),
    st.sampled_from(["0", "1", "07", "x", "0.message", "0.message.contents.0", "0.message.tool_calls", "²"]),
    st.sampled_from(["message.role", "message.content", "role", "content", "tool_call.id", "message_content.type",
                     "message_content.image", "document.content", "tool.json_schema", "tool_calls.0.name", "0", ""]),
)  # fmt: skip
NAMES = FLAT | st.sampled_from([
    "openinference.span.kind", "input.value", "output.value", "llm.invocation_parameters", "llm.model_name",
    "llm.token_count.prompt", "tool.parameters", "tool.name", "metadata", "llm.finish_reason", "llm.system",
    "langfuse.observation.type", "langfuse.observation.input", "langfuse.observation.output",
    "langfuse.observation.usage_details", "langfuse.observation.cost_details", "langfuse.observation.level",
    "langfuse.observation.model.parameters", "langfuse.observation.completion_start_time", "langfuse.user.id",
    "langfuse.observation.metadata.finish_reason", "traceloop.span.kind", "traceloop.entity.input", "llm.request.type",
    "traceloop.entity.output", "ai.operationId", "ai.prompt.messages", "ai.prompt.tools", "ai.response.toolCalls",
    "ai.response.text", "ai.toolCall.name", "ai.usage.promptTokens", "ai.response.msToFirstChunk", "events",
    "all_messages_events", "gen_ai.request.model", "gen_ai.operation.name", "gen_ai.input.messages",
    "gen_ai.output.messages", "gen_ai.tool.definitions", "gen_ai.guardrail.result.type", "winnow.guard.score",
    "gen_ai.guardrail.result.value", "winnow.guard.output", "winnow.training_use", "winnow.training_use.until",
    "gen_ai.system_instructions", "gen_ai.retrieval.documents", "gen_ai.response.finish_reasons", "log.body",
    "gen_ai.event.content", "gen_ai.prompt", "gen_ai.completion", "event.name", "winnow.interrupt.kind",
])  # fmt: skip
KINDS = st.sampled_from(["LLM", "TOOL", "RETRIEVER", "GUARDRAIL", "AGENT", "EMBEDDING", "RERANKER", "generation", "tool",
                         "retriever", "guardrail", "ai.generateText.doGenerate", "ai.toolCall", "chat", "embeddings",
                         "execute_tool", "invoke_agent", "workflow"])  # fmt: skip
EVENTS = st.sampled_from(["gen_ai.user.message", "gen_ai.choice", "gen_ai.client.inference.operation.details", "exception",
                          "gen_ai.content.prompt", "gen_ai.guardrail.result", "winnow.guard", "winnow.interrupt",
                          "gen_ai.evaluation.result"])  # fmt: skip
BAGS = st.dictionaries(NAMES, VALUES | VALUES.map(json.dumps) | KINDS, max_size=10)


@SMALL
@given(st.lists(st.tuples(BAGS, EVENTS, st.sampled_from(["client", "log"])), max_size=5))
def test_no_attribute_of_any_shape_breaks_a_conversation(bags: list[tuple[dict[str, Any], str, str]]) -> None:
    spans: list[Span] = [
        {"trace_id": "ab" * 16, "span_id": f"{place + 1:016x}", "parent_id": f"{place:016x}" if place else "",
         "name": event if kind == "log" else "s", "kind": kind, "start": 10**18 + place, "end": 10**18 + place + 5,
         "status": "error" if place % 2 else "ok", "status_message": "", "attributes": bag, "resource": bag,
         "events": [{"name": event, "time": 10**18, "attributes": bag}], "scope": ""}
        for place, (bag, event, kind) in enumerate(bags)
    ]  # fmt: skip
    for span in spans:
        unfold(span)
    conversation = assemble(spans)
    read_signals(spans, conversation)
    orjson.dumps(conversation)
    for message in conversation["messages"]:
        for part in message["parts"]:
            content_of(part)
