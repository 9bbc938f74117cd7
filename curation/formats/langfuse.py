"""Langfuse's SDKs 3 to 5 (`langfuse.observation.*`, `langfuse.trace.*`) read into GenAI attributes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from curation.formats.call_facts import put_parameters, put_usage
from curation.formats.json_text import scalar_of, value_of
from curation.formats.payloads import put_request, put_response
from curation.formats.rewriting import Rewriting, as_dict, as_list
from curation.formats.search_parts import documents_of, query_of
from curation.formats.spans import Span

NAME = "langfuse"
OWN = "langfuse."
OBSERVATION = "langfuse.observation."
OPERATIONS = {
    "generation": "chat", "embedding": "embeddings", "tool": "execute_tool", "retriever": "retrieval",
    "agent": "invoke_agent", "chain": "invoke_workflow", "guardrail": "apply_guardrail", "evaluator": "evaluate",
}  # fmt: skip
DEFAULTS = {
    "temperature": 1,
    "max_tokens": "Infinity",
    "top_p": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
}
"""What Langfuse's OpenAI client writes down although nobody asked for it."""
IDENTITY = {
    "user.id": ("langfuse.user.id", "langfuse.trace.user_id", "langfuse.trace.metadata.langfuse_user_id",
                "langfuse.observation.metadata.langfuse_user_id"),
    "session.id": ("langfuse.session.id", "langfuse.trace.session_id", "langfuse.trace.metadata.langfuse_session_id",
                   "langfuse.observation.metadata.langfuse_session_id"),
}  # fmt: skip


def speaks(span: Span) -> bool:
    """Whether the span, or the process it came from, carries anything of Langfuse's."""
    return any(name.startswith(OWN) for name in span["attributes"])


def translate(span: Span) -> dict[str, Any]:
    """The span's attributes as GenAI has them."""
    said = Rewriting(span["attributes"])
    kind = str(said.take(f"{OBSERVATION}type") or "").lower()
    said.put("gen_ai.operation.name", OPERATIONS.get(kind, ""))
    given, returned = said.take(f"{OBSERVATION}input"), said.take(f"{OBSERVATION}output")
    _whole_trace(said)
    _facts(said, span, kind)
    if kind == "generation":
        _generation(said, given, returned)
    elif kind == "tool":
        said.put("gen_ai.tool.name", span["name"])
        said.put("gen_ai.tool.call.arguments", given)
        said.put("gen_ai.tool.call.result", scalar_of(returned))
    elif kind == "retriever":
        said.put("gen_ai.retrieval.query.text", query_of(given))
        said.put("gen_ai.retrieval.documents", documents_of(returned))
    elif kind == "guardrail":
        said.put("gen_ai.guardrail.component.name", span["name"])
        said.put("winnow.guard.output", scalar_of(returned))
    elif kind in ("agent", "chain") and given is not None and returned is not None:
        put_request(said, given)
        put_response(said, returned)
    elif kind != "embedding":
        said.put("winnow.input", value_of(given))
        said.put("winnow.output", value_of(returned))
    return said.done()


def _generation(said: Rewriting, given: Any, returned: Any) -> None:
    finish = as_list(scalar_of(said.take(f"{OBSERVATION}metadata.finish_reason")))
    said.put("gen_ai.response.finish_reasons", finish)
    if given is not None:
        put_request(said, given)
    if returned is not None:
        put_response(said, returned)


def _facts(said: Rewriting, span: Span, kind: str) -> None:
    """Model, parameters, tokens, cost, first token, and whether it failed."""
    failed = said.take(f"{OBSERVATION}level") == "ERROR" or span["status"] == "error"
    named = said.take(f"{OBSERVATION}model.name")
    parameters = as_dict(said.take(f"{OBSERVATION}model.parameters"))
    put_parameters(
        said, {name: parameters[name] for name in parameters if parameters[name] != DEFAULTS.get(name)}
    )
    said.put("gen_ai.request.model", named)
    if not failed:
        said.put("gen_ai.response.model", named)
    put_usage(said, said.take(f"{OBSERVATION}usage_details"))
    costs = as_dict(said.take(f"{OBSERVATION}cost_details"))
    parts = [value for name, value in costs.items() if name != "total" and isinstance(value, int | float)]
    total = costs.get("total", sum(parts) if parts else None)
    said.put("winnow.cost_usd", total or None)
    if (began := _moment(said.take(f"{OBSERVATION}completion_start_time"))) is not None:
        said.put("gen_ai.response.time_to_first_chunk", max(began - span["start"], 0) / 1e9)
    if failed:
        said.put("error.type", "error")
        said.move("winnow.error_message", f"{OBSERVATION}status_message")


def _whole_trace(said: Rewriting) -> None:
    for name, spellings in IDENTITY.items():
        said.put(name, scalar_of(said.take(*spellings)))
    said.move("winnow.release", "langfuse.release")
    said.move("winnow.environment", "langfuse.environment")
    said.drop("langfuse.trace.input", "langfuse.trace.output", "langfuse.internal.is_app_root",
              "langfuse.internal.as_root")  # fmt: skip


def _moment(raw: Any) -> int | None:
    """ISO 8601, in older SDKs quoted once more, as nanoseconds since 1970."""
    text = scalar_of(raw)
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1_000_000) * 1000
