"""OpenLLMetry (traceloop) read into GenAI attributes: its decorators, and the flattened form it sent before 0.50.

`gen_ai.prompt.N.*`, `gen_ai.completion.N.*` and `llm.request.functions.N.*` (earlier still `llm.prompts.N.*`) are the
old form; the newer one is GenAI with private extras, read here too.
"""

from __future__ import annotations

import re
from typing import Any

from curation.formats.json_text import as_text, scalar_of, value_of
from curation.formats.payloads import INPUT, OUTPUT, answered, asked
from curation.formats.rewriting import Rewriting, as_dict, as_list
from curation.formats.spans import Span

NAME = "openllmetry"
KINDS = {"workflow": "invoke_workflow", "task": "task", "agent": "invoke_agent", "tool": "execute_tool"}
TYPES = {"chat": "chat", "completion": "text_completion", "embedding": "embeddings", "rerank": "rerank"}
OWN = ("gen_ai.user", "llm.user", "traceloop.", "llm.prompts.", "llm.completions.", "llm.request.", "llm.usage.",
       "llm.response.", "llm.is_streaming", "gen_ai.is_streaming")  # fmt: skip
WORDS = re.compile(r"gen_ai\.(prompt|completion)(\.\d|$)")
"""`gen_ai.prompt.name` is another thing: the convention's name of a prompt template."""
CHUNKS = ("llm.content.completion.chunk", "gen_ai.content.completion.chunk")
RENAMED = {
    "gen_ai.usage.cache_read.input_tokens": ("gen_ai.usage.cache_read_input_tokens",),
    "gen_ai.usage.cache_creation.input_tokens": ("gen_ai.usage.cache_creation_input_tokens",),
    "gen_ai.usage.reasoning.output_tokens": ("gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens"),
    "gen_ai.usage.input_tokens": ("gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens"),
    "gen_ai.usage.output_tokens": ("gen_ai.usage.completion_tokens", "llm.usage.completion_tokens"),
    "gen_ai.request.stream": ("gen_ai.is_streaming", "llm.is_streaming"),
    "gen_ai.request.model": ("llm.request.model",),
    "gen_ai.response.model": ("llm.response.model",),
    "gen_ai.response.finish_reasons": ("gen_ai.response.finish_reason", "llm.response.finish_reason",
                                       "gen_ai.response.stop_reason", "llm.response.stop_reason"),
    "user.id": ("traceloop.association.properties.user_id", "gen_ai.user", "llm.user"),
    "session.id": ("traceloop.association.properties.session_id",),
}  # fmt: skip


def speaks(span: Span) -> bool:
    """Whether the span carries anything that only OpenLLMetry writes."""
    return any(name.startswith(OWN) or WORDS.match(name) for name in span["attributes"])


def translate(span: Span) -> dict[str, Any]:
    """The span's attributes as GenAI has them."""
    said = Rewriting(span["attributes"])
    kind = str(said.take("traceloop.span.kind") or "")
    said.put(
        "gen_ai.operation.name", TYPES.get(str(said.take("llm.request.type") or "")) or KINDS.get(kind, "")
    )
    if kind == "tool":
        _tool(said, span)
    for name, spellings in RENAMED.items():
        said.move(name, *spellings)
    chunks = [event["time"] for event in span["events"] if event["name"] in CHUNKS]
    if chunks:
        said.put("gen_ai.response.time_to_first_chunk", max(min(chunks) - span["start"], 0) / 1e9)
    said.drop("llm.usage.total_tokens", "gen_ai.usage.total_tokens")
    prompts = said.take_list("gen_ai.prompt") or said.take_list("llm.prompts")
    said.put(INPUT, [_message(one, "user") for one in prompts] or asked(said.take("gen_ai.prompt")))
    completions = said.take_list("gen_ai.completion") or said.take_list("llm.completions")
    said.put(OUTPUT, _choices(completions) or answered(said.take("gen_ai.completion")))
    functions = [_function(one) for one in said.take_list("llm.request.functions")]
    said.put("gen_ai.tool.definitions", [one for one in functions if one])
    return said.done()


def _message(raw: Any, role: str) -> dict[str, Any]:
    one = {"content": raw} if isinstance(raw, str) else as_dict(raw)
    content = value_of(one.get("content"))
    blocks = isinstance(content, list) and all(isinstance(part, dict) and "type" in part for part in content)
    message = {"role": role, **one, "content": content if blocks else one.get("content")}
    message["tool_calls"] = [call for call in as_list(one.get("tool_calls")) if isinstance(call, dict)]
    return message


def _choices(completions: list[Any]) -> list[dict[str, Any]]:
    """One message per choice; what a model thought is written as a completion of its own before its answer."""
    told: list[dict[str, Any]] = []
    thought = ""
    for message in (_message(one, "assistant") for one in completions):
        if message["role"] == "thinking":
            thought = as_text(message.get("content"))
            continue
        told.append({**message, "reasoning_content": thought} if thought else message)
        thought = ""
    return told if not thought else [*told, {"role": "assistant", "reasoning_content": thought}]


def _function(raw: Any) -> dict[str, Any]:
    one = as_dict(raw)
    return one | {"parameters": value_of(one.get("parameters"))} if one else {}


def _tool(said: Rewriting, span: Span) -> None:
    given = as_dict(said.take("traceloop.entity.input"))
    arguments = given.get("kwargs") or given.get("inputs") or given.get("args") or given
    said.put("gen_ai.tool.name", said.peek("traceloop.entity.name") or span["name"].removesuffix(".tool"))
    said.put("gen_ai.tool.call.arguments", arguments)
    said.put("gen_ai.tool.call.result", scalar_of(said.take("traceloop.entity.output")))
