"""OpenTelemetry GenAI attributes read off a span (semantic-conventions-genai, current; older spellings too).

Content comes as JSON in strings on spans and as structured values elsewhere; both are read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from curation.conversation import Call, Message, Retrieved, Tool
from curation.formats.json_text import as_text, unfolded, value_of
from curation.formats.messages import finish_reason, read_messages, read_tools
from curation.formats.providers import provider_name
from curation.formats.rewriting import as_dict, as_list
from curation.formats.search_parts import passage_hash
from curation.formats.spans import Span
from curation.formats.tool_parts import plain

INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
MODEL_OPERATIONS = {"chat", "text_completion", "generate_content"}
USAGE = {
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    "cache_read_tokens": ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.details.cache_read_tokens",
                          "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.details.cache_read_input_tokens"),
    "cache_creation_tokens": ("gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens",
                              "gen_ai.usage.cache_creation_input_tokens", "gen_ai.usage.details.cache_write_tokens",
                              "gen_ai.usage.details.cache_creation_input_tokens"),
    "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
                         "gen_ai.usage.details.reasoning_tokens"),
}  # fmt: skip
IMPOSSIBLE = 10**12
WHOLE_KINDS = ("input_tokens", "output_tokens")
STRUCTURED = (
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.retrieval.documents",
)  # fmt: skip
SIGNS_OF_A_CALL = ("gen_ai.system", "gen_ai.response.model", "gen_ai.response.finish_reasons",
                   *USAGE["input_tokens"], *USAGE["output_tokens"])  # fmt: skip
REASONS = ("gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "gen_ai.response.stop_reason",
           "anthropic.message.stop_reason")  # fmt: skip
FIRST_CHUNK = ("gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token",
               "gen_ai.client.operation.time_to_first_chunk")  # fmt: skip
COST = ("winnow.cost_usd", "gen_ai.usage.cost", "gen_ai.usage.total_cost", "gen_ai.cost.total_cost")
IDS = ("id", "document_id", "doc_id", "source", "title")
CLASS = re.compile(r"<class '(?P<name>[\w.]+)'>|(?:[A-Za-z_]\w*\.)+(?P<last>[A-Z]\w*)")


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
    if name:
        return name
    attributes = span["attributes"]
    told = INPUT in attributes or OUTPUT in attributes
    asked = text(span, "gen_ai.request.model") and any(one in attributes for one in SIGNS_OF_A_CALL)
    return "chat" if told or asked else ""


def is_model_call(span: Span) -> bool:
    """Whether the span is one call of a language model."""
    return operation(span) in MODEL_OPERATIONS


def input_messages(span: Span) -> list[Message]:
    """What the model was given, system instructions first."""
    attributes = span["attributes"]
    messages = read_messages(attributes.get(INPUT))
    instructions = value_of(attributes.get("gen_ai.system_instructions"))
    if instructions and not (messages and messages[0]["role"] == "system"):
        system = {"role": "system", "parts" if isinstance(instructions, list) else "content": instructions}
        return read_messages([system]) + messages
    return messages


def choices(span: Span) -> list[list[Message]]:
    """Every choice the model answered with: its messages, the finish reason on the last, the model on all it said."""
    raw = value_of(span["attributes"].get(OUTPUT))
    listed = raw if isinstance(raw, list) else [raw] if isinstance(raw, str | dict) and raw else []
    listed = [_answer(one) for one in listed]
    whole = any(isinstance(one, dict) and one.get("role") == "tool" for one in listed)
    told = [read_messages(listed)] if whole else [read_messages([one]) for one in listed]
    failed = is_error(span)
    told = [messages for messages in told if messages and not (failed and _is_silent(messages))]
    reasons = finish_reasons(span)
    model = text(span, "gen_ai.response.model", "gen_ai.request.model")
    for place, messages in enumerate(told):
        if place < len(reasons) and reasons[place] and "finish_reason" not in messages[-1]:
            messages[-1]["finish_reason"] = reasons[place]
        for message in messages:
            if model and message["role"] != "tool":
                message.setdefault("model", model)
    return told


def _is_silent(messages: list[Message]) -> bool:
    """Whether nothing was said: what a client leaves behind when its call fails is no answer."""
    parts = [part for one in messages for part in one["parts"]]
    return all(part["type"] == "text" and not part["text"] for part in parts)


def _answer(raw: Any) -> Any:
    """Whatever a sender calls who answered, it was the model, but for tools that ran in its course."""
    if isinstance(raw, str):
        return {"role": "assistant", "content": raw}
    return {**raw, "role": "assistant"} if isinstance(raw, dict) and raw.get("role") != "tool" else raw


def finish_reasons(span: Span) -> list[str]:
    """Why each choice ended, in one spelling."""
    given = next((found for name in REASONS if (found := as_list(span["attributes"].get(name)))), [])
    return [finish_reason(one) if one else "" for one in given]


def tools(span: Span) -> list[Tool]:
    """The tools the model was offered."""
    return read_tools(span["attributes"].get("gen_ai.tool.definitions"))


def retrieved(span: Span) -> list[Retrieved]:
    """The passages a retrieval handed over, or those a call names as its own."""
    listed = as_list(span["attributes"].get("gen_ai.retrieval.documents"))
    return [read_passage(one) for raw in listed if isinstance(one := value_of(raw), dict)]


def read_passage(raw: dict[str, Any]) -> Retrieved:
    """One retrieved passage, named by its document and by the hash of its text."""
    metadata, score = as_dict(raw.get("metadata")), raw.get("score", raw.get("relevance_score"))
    names = ("content", "text", "page_content")
    words = as_text(plain(next((raw[name] for name in names if raw.get(name)), "")))
    passage: Retrieved = {
        "document_id": str(next((one[name] for one in (raw, metadata) for name in IDS if one.get(name)), "")),
        "text": words,
        "score": float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None,
    }
    if uri := raw.get("uri") or raw.get("url") or metadata.get("url"):
        passage["uri"] = str(uri)
    if words:
        passage["passage_hash"] = passage_hash(words)
    return passage


def call(span: Span) -> Call:
    """The facts of one model call; latency and time to first token in milliseconds."""
    cost = number(span, *COST)
    ended, failed = span["end"] >= span["start"] and span["end"] > 0, is_error(span)
    return {
        "span_id": span["span_id"],
        "operation": operation(span),
        "provider": provider_name(text(span, "gen_ai.provider.name", "gen_ai.system")),
        "model_requested": text(span, "gen_ai.request.model"),
        "model_answered": text(span, "gen_ai.response.model"),
        "usage": usage(span),
        "started_at": iso(span["start"]),
        "ended_at": iso(span["end"]) if ended else "",
        "ttft_ms": _first_token(span),
        "latency_ms": round((span["end"] - span["start"]) / 1e6, 3) if ended else None,
        "status": "error" if failed else "ok",
        "error_type": error_type(span) if failed else "",
        "cost_usd": cost,
    }


def _first_token(span: Span) -> float | None:
    """Milliseconds to the first token; a number of seconds longer than the whole call was one of milliseconds."""
    said = number(span, *FIRST_CHUNK)
    if said is None:
        return None
    lasted = (span["end"] - span["start"]) / 1e6
    return round(said if 0 < lasted < said * 1000 and said <= lasted else said * 1000, 3)


def usage(span: Span) -> dict[str, int]:
    """Token counts by kind; a kind nobody reported, or with a count no call can have, is left out.

    Input includes what a cache held, output reasoning.
    """
    counts: dict[str, int] = {}
    for kind, names in USAGE.items():
        value = number(span, *names)
        if value is not None and (0 < value < IMPOSSIBLE or (value == 0 and kind in WHOLE_KINDS)):
            counts[kind] = int(value)
    return counts


def is_error(span: Span) -> bool:
    """Whether the span failed."""
    return span["status"] == "error" or bool(text(span, "error.type"))


def error_type(span: Span) -> str:
    """The name of what went wrong, without the module it lives in; "error" where nobody named it."""
    said = text(span, "error.type")
    if not said:
        raised = [
            event["attributes"] for event in span["events"] if event["attributes"].get("exception.type")
        ]
        said = str(raised[-1].get("exception.type") or "") if raised else ""
    if found := CLASS.fullmatch(said):
        return (found["name"] or found["last"]).rpartition(".")[2]
    return said or "error"


def error_message(span: Span) -> str:
    """What was said about the failure, without its type in front."""
    said = span["status_message"] or text(span, "winnow.error_message", "error.message") or _raised(span)
    return said.removeprefix(f"{error_type(span)}: ")


def _raised(span: Span) -> str:
    """The first line of the last exception; some clients write the whole course of it there."""
    said = [event["attributes"].get("exception.message") for event in span["events"]]
    return next((str(one).strip().split("\n")[0] for one in reversed(said) if one), "")


def text(span: Span, *names: str) -> str:
    """The first of these attributes that is a text, "" if none is."""
    attributes = span["attributes"]
    for name in names:
        value = attributes.get(name)
        if value and isinstance(value, str):
            return value
    return ""


def number(span: Span, *names: str) -> float | None:
    """The first of these attributes that is a number."""
    attributes = span["attributes"]
    for name in names:
        if name in attributes and is_number(attributes[name]):
            return attributes[name]  # type: ignore[no-any-return]
    return None


def is_number(value: Any) -> bool:
    """Whether this is a number; a flag is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def iso(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as ISO 8601 in UTC, to the microsecond."""
    return datetime.fromtimestamp(nanoseconds // 1000 / 1e6, UTC).isoformat(timespec="microseconds")
