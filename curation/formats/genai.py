"""OpenTelemetry GenAI attributes read off a span (semantic-conventions-genai, current; older spellings too).

Content comes as JSON in strings on spans and as structured values elsewhere; both are read.
"""

from __future__ import annotations

from datetime import UTC, datetime

from curation.conversation import Call, Message, Retrieved, Tool
from curation.formats.messages import decoded, finish_reason, read_messages, read_tools, unfolded
from curation.formats.spans import Span

MODEL_OPERATIONS = {"chat", "text_completion", "generate_content"}
USAGE = {
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    "cache_read_tokens": ("gen_ai.usage.cache_read.input_tokens",),
    "cache_creation_tokens": ("gen_ai.usage.cache_creation.input_tokens",),
    "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens",),
}
STRUCTURED = (
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.retrieval.documents",
)  # fmt: skip


def unfold(span: Span) -> None:
    """Decode the attributes that carry JSON in a string, so that redaction sees values and not escapes."""
    attributes = span["attributes"]
    for name in STRUCTURED:
        value = attributes.get(name)
        if isinstance(value, str):
            attributes[name] = unfolded(value)


def operation(span: Span) -> str:
    """The GenAI operation of a span, "" for a span that is none."""
    name = text(span, "gen_ai.operation.name")
    if not name and ("gen_ai.input.messages" in span["attributes"] or text(span, "gen_ai.request.model")):
        return "chat"
    return name


def is_model_call(span: Span) -> bool:
    """Whether the span is one call of a language model."""
    return operation(span) in MODEL_OPERATIONS


def input_messages(span: Span) -> list[Message]:
    """What the model was given, system instructions first."""
    attributes = span["attributes"]
    messages = read_messages(attributes.get("gen_ai.input.messages"))
    instructions = attributes.get("gen_ai.system_instructions")
    if instructions and not (messages and messages[0]["role"] == "system"):
        parts = decoded(instructions) if isinstance(instructions, str) else instructions
        system = {"role": "system", "parts" if isinstance(parts, list) else "content": parts}
        return read_messages([system]) + messages
    return messages


def choices(span: Span) -> list[Message]:
    """Every choice the model answered with, each with its finish reason and the model that answered."""
    messages = read_messages(span["attributes"].get("gen_ai.output.messages"))
    given = span["attributes"].get("gen_ai.response.finish_reasons")
    reasons = given if isinstance(given, list) else [given] if isinstance(given, str) else []
    model = text(span, "gen_ai.response.model", "gen_ai.request.model")
    for place, message in enumerate(messages):
        if "finish_reason" not in message and place < len(reasons):
            message["finish_reason"] = finish_reason(reasons[place])
        if model:
            message["model"] = model
    return messages


def tools(span: Span) -> list[Tool]:
    """The tools the model was offered."""
    return read_tools(span["attributes"].get("gen_ai.tool.definitions"))


def retrieved(span: Span) -> list[Retrieved]:
    """The passages a retrieval handed over, or those a call names as its own."""
    documents = span["attributes"].get("gen_ai.retrieval.documents")
    documents = decoded(documents) if isinstance(documents, str) else documents
    found: list[Retrieved] = []
    for raw in documents if isinstance(documents, list) else []:
        one = decoded(raw) if isinstance(raw, str) else raw
        if isinstance(one, dict):
            score = one.get("score")
            passage: Retrieved = {
                "document_id": str(one.get("id", one.get("document_id", one.get("doc_id", "")))),
                "text": str(one.get("content", one.get("text", "")) or ""),
                "score": float(score) if isinstance(score, int | float) else None,
            }
            if one.get("uri"):
                passage["uri"] = str(one["uri"])
            found.append(passage)
    return found


def call(span: Span) -> Call:
    """The facts of one model call; latency and time to first token in milliseconds."""
    first_chunk = number(span, "gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token")
    ended = span["end"] >= span["start"] and span["end"] > 0
    return {
        "span_id": span["span_id"],
        "operation": operation(span),
        "provider": text(span, "gen_ai.provider.name", "gen_ai.system"),
        "model_requested": text(span, "gen_ai.request.model"),
        "model_answered": text(span, "gen_ai.response.model"),
        "usage": usage(span),
        "started_at": iso(span["start"]),
        "ended_at": iso(span["end"]) if ended else "",
        "ttft_ms": round(first_chunk * 1000, 3) if first_chunk is not None else None,
        "latency_ms": round((span["end"] - span["start"]) / 1e6, 3) if ended else None,
        "status": "error" if is_error(span) else "ok",
        "error_type": text(span, "error.type"),
        "cost_usd": number(span, "winnow.cost_usd", "gen_ai.usage.cost"),
    }


def usage(span: Span) -> dict[str, int]:
    """Token counts by kind; a kind nobody reported is left out, not zero."""
    counts: dict[str, int] = {}
    for kind, names in USAGE.items():
        value = number(span, *names)
        if value is not None and value >= 0:
            counts[kind] = int(value)
    return counts


def is_error(span: Span) -> bool:
    """Whether the span failed."""
    return span["status"] == "error" or bool(text(span, "error.type"))


def text(span: Span, *names: str) -> str:
    """The first of these attributes that is a text, "" if none is."""
    return next(
        (value for name in names if isinstance(value := span["attributes"].get(name), str) and value), ""
    )


def number(span: Span, *names: str) -> float | None:
    """The first of these attributes that is a number."""
    for name in names:
        value = span["attributes"].get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
    return None


def iso(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as ISO 8601 in UTC, to the microsecond."""
    return datetime.fromtimestamp(nanoseconds // 1000 / 1e6, UTC).isoformat(timespec="microseconds")
