"""OpenInference (Arize, github.com/Arize-ai/openinference/spec) read into GenAI attributes.

Lists are flattened into attribute names there, and request and response lie once more, whole, in `input.value` and
`output.value`: those are used only for what the flattened attributes leave out, and never kept twice.
"""

from __future__ import annotations

from typing import Any

from curation.formats.call_facts import put_parameters, put_people
from curation.formats.json_text import as_text, value_of
from curation.formats.openinference_messages import (
    read_choices,
    read_completions,
    read_prompts,
    read_turns,
    with_ids,
)
from curation.formats.payloads import INPUT, OUTPUT, answered, asked, put_request, put_response
from curation.formats.providers import provider_name
from curation.formats.rewriting import Rewriting, as_dict, as_list
from curation.formats.spans import Span

NAME = "openinference"
KIND = "openinference.span.kind"
OPERATIONS = {
    "LLM": "chat", "EMBEDDING": "embeddings", "TOOL": "execute_tool", "RETRIEVER": "retrieval", "RERANKER": "rerank",
    "AGENT": "invoke_agent", "CHAIN": "invoke_workflow", "GUARDRAIL": "apply_guardrail", "EVALUATOR": "evaluate",
    "PROMPT": "prompt", "DECISION": "decide", "UNKNOWN": "",
}  # fmt: skip
COUNTS = {
    "gen_ai.usage.input_tokens": ("prompt",), "gen_ai.usage.output_tokens": ("completion",),
    "gen_ai.usage.cache_read.input_tokens": ("prompt_details.cache_read", "prompt_details.cache_input"),
    "gen_ai.usage.cache_creation.input_tokens": ("prompt_details.cache_write",),
    "gen_ai.usage.reasoning.output_tokens": ("completion_details.reasoning",),
}  # fmt: skip


def speaks(span: Span) -> bool:
    """Whether the span says its kind as OpenInference does, or carries its messages."""
    return KIND in span["attributes"] or any(
        name.startswith(
            ("llm.input_messages", "llm.output_messages", "llm.token_count.", "retrieval.documents.")
        )
        for name in span["attributes"]
    )


def translate(span: Span) -> dict[str, Any]:
    """The span's attributes as GenAI has them."""
    said = Rewriting(span["attributes"])
    kind = str(said.take(KIND) or "LLM").upper()
    said.put("gen_ai.operation.name", OPERATIONS.get(kind, ""))
    read = {"LLM": _model, "EMBEDDING": _embedding, "TOOL": _tool, "RETRIEVER": _retriever, "RERANKER": _reranker,
            "GUARDRAIL": _guard, "AGENT": _agent, "CHAIN": _agent}.get(kind)  # fmt: skip
    if read is not None:
        read(said, span)
    _count(said)
    put_people(said, as_dict(said.peek("metadata")))
    if span["status"] == "error":
        exceptions = [event for event in span["events"] if event["name"] == "exception"]
        said.put("error.type", exceptions[-1]["attributes"].get("exception.type") if exceptions else None)
    return said.done()


def _model(said: Rewriting, span: Span) -> None:
    parameters = said.take("llm.invocation_parameters")
    answered_by = said.take("llm.response.model_name")
    named = said.take("llm.model_name")
    given, returned = said.take("input.value"), said.take("output.value")
    said.drop("input.mime_type", "output.mime_type")
    said.move("gen_ai.request.model", "llm.request.model_name")
    put_parameters(said, parameters)
    turns = read_turns(said.take_tree("llm.input_messages"))
    said.put(INPUT, with_ids(turns, asked(given)) or read_prompts(said))
    replies = answered(returned) if returned else []
    reasons = [one.get("finish_reason") for one in replies]
    several = as_dict(parameters).get("n")
    told = read_choices(
        said.take_tree("llm.output_messages"), several if isinstance(several, int) else len(reasons)
    )
    choices = with_ids(told, replies) or read_completions(said)
    said.put(OUTPUT, choices)
    finish = as_list(said.take("llm.finish_reason"))
    said.put(
        "gen_ai.response.finish_reasons", reasons if len(choices) > 1 and all(reasons) else finish or reasons
    )
    said.put(
        "gen_ai.tool.definitions", [_tool_definition(one) for one in as_list(said.take_tree("llm.tools"))]
    )
    asked_for = as_dict(given)
    said.put("gen_ai.request.model", asked_for.get("model"))
    if given is not None:
        put_request(said, given)
    if returned is not None:
        put_response(said, returned)
    if not turns and OUTPUT not in said.found and returned is not None and not _counted(said, span):
        _is_no_call(said)
        return
    if OUTPUT in said.found or answered_by:
        said.put("gen_ai.response.model", answered_by or named)
    said.put("gen_ai.request.model", named)
    said.put("gen_ai.provider.name", provider_name(said.take("llm.provider", "llm.system")))
    said.put("gen_ai.retrieval.documents", _documents(said.take_tree("retrieval.documents")))


def _counted(said: Rewriting, span: Span) -> bool:
    return span["status"] == "error" or any(name.startswith("llm.token_count.") for name in said.rest)


def _is_no_call(said: Rewriting) -> None:
    """A step around a call that goes by the same kind: what it hands back is no answer, and nobody counted it."""
    said.found["gen_ai.operation.name"] = "task"
    said.found.pop(INPUT, None)


def _tool_definition(raw: Any) -> Any:
    inner = as_dict(as_dict(raw).get("tool", raw))
    schema = value_of(inner.get("json_schema"))
    if not isinstance(schema, dict):
        return inner
    named = {name: inner[name] for name in ("name", "description") if name in inner}
    return schema if {"function", "name", "toolSpec"} & schema.keys() else named | {"parameters": schema}


def _embedding(said: Rewriting, span: Span) -> None:
    """Texts and vectors are an index's business, not a conversation's."""
    parameters = as_dict(said.take("embedding.invocation_parameters", "llm.invocation_parameters"))
    named = said.take("embedding.model_name", "llm.model_name")
    given, returned = as_dict(said.take("input.value")), as_dict(said.take("output.value"))
    said.drop("input.mime_type", "output.mime_type")
    said.put("gen_ai.request.model", parameters.get("model") or given.get("model") or named)
    said.put("gen_ai.response.model", returned.get("model") or named)
    said.take_tree("embedding.embeddings")
    said.put("gen_ai.provider.name", provider_name(said.take("llm.provider", "llm.system")))


def _tool(said: Rewriting, span: Span) -> None:
    given, returned = said.take("input.value"), said.take("output.value")
    parameters = said.take("tool.parameters")
    said.drop("input.mime_type", "output.mime_type")
    said.put("gen_ai.tool.name", said.take("tool.name") or span["name"])
    said.move("gen_ai.tool.description", "tool.description")
    said.move("gen_ai.tool.call.id", "tool_call.id", "tool.id")
    said.put("gen_ai.tool.call.arguments", given if given is not None else parameters)
    said.put("gen_ai.tool.call.result", _tool_result(returned))


def _tool_result(returned: Any) -> Any:
    """LangChain hands back a whole tool message; its content is the result."""
    value = value_of(returned)
    if isinstance(value, dict) and value.get("type") == "tool" and "content" in value:
        return value["content"]
    return value


def _retriever(said: Rewriting, span: Span) -> None:
    returned = said.take("output.value")
    said.drop("input.mime_type", "output.mime_type")
    said.put("gen_ai.retrieval.query.text", as_text(said.take("input.value")))
    said.put(
        "gen_ai.retrieval.documents",
        _documents(said.take_tree("retrieval.documents")) or _documents(returned),
    )


def _reranker(said: Rewriting, span: Span) -> None:
    said.drop("input.value", "output.value", "input.mime_type", "output.mime_type")
    said.move("gen_ai.retrieval.query.text", "reranker.query")
    said.move("gen_ai.request.model", "reranker.model_name")
    said.take_tree("reranker.input_documents")
    said.put("gen_ai.retrieval.documents", _documents(said.take_tree("reranker.output_documents")))


def _documents(tree: Any) -> list[dict[str, Any]]:
    tree = value_of(tree)
    listed = tree.get("documents", []) if isinstance(tree, dict) else tree
    listed = listed if isinstance(listed, list) else []
    return [as_dict(one).get("document", one) for one in listed if isinstance(one, dict)]


def _guard(said: Rewriting, span: Span) -> None:
    said.put("gen_ai.guardrail.component.name", span["name"])
    said.move("winnow.guard.output", "output.value")
    said.drop("input.value", "input.mime_type", "output.mime_type")


def _agent(said: Rewriting, span: Span) -> None:
    """What went in and out of a whole agent: content for a trace whose model calls carry none."""
    given, returned = said.take("input.value"), said.take("output.value")
    said.drop("input.mime_type", "output.mime_type")
    said.move("gen_ai.agent.name", "agent.name")
    said.put(INPUT, read_turns(said.take_tree("llm.input_messages")))
    said.put(OUTPUT, read_choices(said.take_tree("llm.output_messages"), 1))
    if given is not None and returned is not None:
        put_request(said, given)
        put_response(said, returned)


def _count(said: Rewriting) -> None:
    for name, spellings in COUNTS.items():
        said.move(name, *(f"llm.token_count.{one}" for one in spellings))
    said.drop("llm.token_count.total")
    said.move("winnow.cost_usd", "llm.cost.total")
