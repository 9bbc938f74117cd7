"""LangSmith's exporter (`langsmith.*` beside a few GenAI attributes) read into GenAI attributes.

It writes what went in and came out of every run under `gen_ai.prompt` and `gen_ai.completion`, and calls a search an
embedding; the kind of the run is what holds (docs.langchain.com/langsmith/trace-with-opentelemetry).
"""

from __future__ import annotations

from typing import Any

from curation.formats.call_facts import put_parameters, put_usage
from curation.formats.json_text import value_of
from curation.formats.payloads import put_request, put_response
from curation.formats.providers import provider_name
from curation.formats.rewriting import Rewriting, as_dict
from curation.formats.search_parts import documents_of, query_of
from curation.formats.spans import Span

NAME = "langsmith"
OWN = "langsmith."
METADATA = "langsmith.metadata."
OPERATIONS = {
    "llm": "chat", "tool": "execute_tool", "retriever": "retrieval", "embedding": "embeddings",
    "chain": "invoke_workflow", "prompt": "prompt", "parser": "parse",
}  # fmt: skip
NOBODY = "langchain"
"""What stands for the provider where the exporter knows none."""


def speaks(span: Span) -> bool:
    """Whether LangSmith's exporter wrote this span."""
    return any(name.startswith(OWN) for name in span["attributes"])


def translate(span: Span) -> dict[str, Any]:
    """The span's attributes as GenAI has them."""
    said = Rewriting(span["attributes"])
    kind = str(said.take("langsmith.span.kind") or "").lower()
    if kind in OPERATIONS:
        said.drop("gen_ai.operation.name")
        said.put("gen_ai.operation.name", OPERATIONS[kind])
    given, returned = said.take("gen_ai.prompt"), _alone(said.take("gen_ai.completion"))
    if kind == "tool":
        said.put("gen_ai.tool.name", span["name"])
        said.put("gen_ai.tool.call.arguments", value_of(given))
        said.put("gen_ai.tool.call.result", value_of(returned))
    elif kind == "retriever":
        said.put("gen_ai.retrieval.query.text", query_of(given))
        said.put("gen_ai.retrieval.documents", documents_of(returned))
    elif kind == "llm" or (kind == "chain" and given is not None and returned is not None):
        put_request(said, given)
        put_response(said, returned)
    _facts(said)
    return said.done()


def _alone(returned: Any) -> Any:
    """What a run returned, out of the `output` it is wrapped in where it is no object itself."""
    value = value_of(returned)
    return value["output"] if isinstance(value, dict) and list(value) == ["output"] else value


def _facts(said: Rewriting) -> None:
    put_usage(said, said.take(f"{METADATA}usage_metadata"))
    said.drop(
        "gen_ai.usage.input_token_details", "gen_ai.usage.output_token_details", "gen_ai.usage.total_tokens"
    )
    put_parameters(said, as_dict(said.take(f"{METADATA}ls_invocation_params")))
    if said.peek("gen_ai.system") == NOBODY:
        said.drop("gen_ai.system")
    said.put("gen_ai.provider.name", provider_name(said.take(f"{METADATA}ls_provider")))
    said.put("gen_ai.request.model", said.take(f"{METADATA}ls_model_name"))
