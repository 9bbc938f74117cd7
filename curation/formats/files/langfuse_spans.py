"""Traces, observations and scores of Langfuse as spans with GenAI attributes."""

from __future__ import annotations

from typing import Any

from curation.formats.files.base import Defaults, Line, one_span, untold, verdict
from curation.formats.messages import decoded, encoded
from curation.formats.openai import LOGPROBS
from curation.formats.row import Row, hex_of, is_hex, present, trace_hex
from curation.formats.spans import Span

TIME_NAMES = ("startTime", "timestamp")
OPERATIONS = {"GENERATION": "chat", "EMBEDDING": "embeddings", "TOOL": "execute_tool", "RETRIEVER": "retrieval",
              "AGENT": "invoke_agent"}  # fmt: skip
INPUT_KINDS = ("input", "prompt_tokens", "input_tokens", "promptTokens")
OUTPUT_KINDS = ("output", "completion_tokens", "output_tokens", "completionTokens")
CACHE_READ = ("input_cached_tokens", "cache_read_input_tokens", "input_cache_read", "cached_tokens")
CACHE_MADE = ("cache_creation_input_tokens", "input_cache_creation")
REASONING = ("output_reasoning_tokens", "output_reasoning", "reasoning_tokens")
USER_FEEDBACK = {"user_feedback", "user-feedback", "thumbs", "feedback"}
TOLD_TRACE = ("id", "timestamp", "sessionId", "userId", "release", "environment", "observations", "scores", "input",
              "output", "latency", "totalCost", "createdAt", "updatedAt", "projectId", "name")  # fmt: skip
TOLD_OBSERVATION = (
    "id", "traceId", "type", "parentObservationId", "startTime", "endTime", "completionStartTime", "model",
    "providedModelName", "usage", "usageDetails", "costDetails", "calculatedTotalCost", "totalCost", "input", "output",
    "level", "statusMessage", "environment", "sessionId", "userId", "release", "name", "createdAt", "updatedAt",
    "projectId", "latency", "timeToFirstToken", "unit", "promptTokens", "completionTokens", "totalTokens", "inputUsage",
    "outputUsage", "totalUsage", "inputCost", "outputCost",
)  # fmt: skip


def trace_of(raw: str) -> str:
    """Trace ids are 32 hex digits already, or a uuid, or anything."""
    return trace_hex(raw.replace("-", "") if len(raw) == 36 else raw)


def span_of(raw: str) -> str:
    """Span ids likewise, 16 hex digits."""
    lower = raw.lower()
    return lower if is_hex(lower, 16) else hex_of("span", raw, 16)


def root_id(trace_id: str) -> str:
    """The span that stands for the trace itself."""
    return hex_of("langfuse trace", trace_id, 16)


def trace_span(one: Line, observations: list[Line], row: Row, defaults: Defaults) -> Span:
    """The trace itself; its own input and output count where no generation has any."""
    trace_id = trace_of(one["id"])
    times = [
        when(inner, name, row)
        for inner in observations
        for name in ("startTime", "endTime")
        if inner.get(name)
    ]
    start = when(one, "timestamp", row) if one.get("timestamp") else min(times, default=defaults.at)
    attributes: Line = {"gen_ai.operation.name": "invoke_agent", **_people(one)}
    if not any(str(inner.get("type", "")).upper() == "GENERATION" for inner in observations):
        attributes |= _talk(one)
    attributes |= present({"langfuse.trace": untold(one, *TOLD_TRACE)})
    span = one_span("langfuse", attributes, start=start, end=max([start, *times]), service=defaults.service,
                    name=str(one.get("name") or "trace"))  # fmt: skip
    span["resource"] |= _where(one)
    span["trace_id"], span["span_id"], span["kind"] = trace_id, root_id(trace_id), "internal"
    return span


def observation_span(one: Line, row: Row, defaults: Defaults) -> Span:
    """One observation."""
    kind = str(one.get("type", "SPAN")).upper()
    start = when(one, "startTime" if one.get("startTime") else "timestamp", row)
    end = when(one, "endTime", row) if one.get("endTime") else start
    failed = str(one.get("level") or "").upper() == "ERROR"
    attributes = present({
        "gen_ai.operation.name": OPERATIONS.get(kind, kind.lower()),
        "error.type": "error" if failed else None,
        "langfuse.fields": untold(one, *TOLD_OBSERVATION),
    }) | _people(one)  # fmt: skip
    attributes |= _content(one, kind) | (_model(one, row) if kind in ("GENERATION", "EMBEDDING") else {})
    span = one_span("langfuse", attributes, start=start, end=end, service=defaults.service,
                    name=str(one.get("name") or kind.lower()), status="error" if failed else "ok",
                    status_message=str(one.get("statusMessage") or ""))  # fmt: skip
    span["resource"] |= _where(one)
    span["trace_id"], span["span_id"] = trace_of(one["traceId"]), span_of(one["id"])
    span["parent_id"] = span_of(one["parentObservationId"]) if one.get("parentObservationId") else ""
    return span


def score_span(one: Line, row: Row, defaults: Defaults) -> Span:
    """A score that came on a line of its own, as an event in a span under the trace."""
    at = when(one, "timestamp", row) if one.get("timestamp") else defaults.at
    span = one_span("langfuse", {}, start=at, name="score", service=defaults.service)
    span["trace_id"] = trace_of(one["traceId"])
    span["span_id"] = hex_of("langfuse score", str(one.get("id") or encoded(one)), 16)
    span["parent_id"] = (
        span_of(one["observationId"]) if one.get("observationId") else root_id(span["trace_id"])
    )
    with_scores(span, [one], row)
    return span


def with_scores(span: Span, scores: list[Any], row: Row) -> None:
    """Scores as evaluations; only those of a person's feedback are read as thumbs."""
    for place, raw in enumerate(scores):
        row.expect(raw, (dict,), f"scores[{place}]")
        value, name = raw.get("value"), str(raw.get("name") or "score")
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        label = str(
            raw.get("stringValue") or raw.get("string_value") or (value if isinstance(value, str) else "")
        )
        person = name.lower() in USER_FEEDBACK
        if person and number is not None:
            label = "up" if number > 0 else "down"
        event = verdict("user_feedback" if person else name, label, span["end"], str(raw.get("comment") or ""),
                        score=number)  # fmt: skip
        span["events"].append(event)


def when(one: Line, name: str, row: Row) -> int:
    """Nanoseconds since 1970; Langfuse writes UTC, with a T or a blank between day and time."""
    return row.time(one[name], name)


def _people(one: Line) -> Line:
    return present({"session.id": one.get("sessionId") or None, "user.id": one.get("userId") or None})


def _where(one: Line) -> Line:
    return present({
        "deployment.environment.name": one.get("environment") or None, "service.version": one.get("release") or None,
    })  # fmt: skip


def _content(one: Line, kind: str) -> Line:
    given, told = _value(one.get("input")), _value(one.get("output"))
    if kind == "GENERATION":
        return _talk(one)
    if kind == "TOOL":
        return present({"gen_ai.tool.name": one.get("name"), "gen_ai.tool.call.arguments": given,
                        "gen_ai.tool.call.result": told})  # fmt: skip
    if kind == "RETRIEVER":
        documents = (
            told if isinstance(told, list) else told.get("documents") if isinstance(told, dict) else None
        )
        query = given if isinstance(given, str) else None
        return present({"gen_ai.retrieval.query.text": query, "gen_ai.retrieval.documents": documents})
    return present({"langfuse.input": given, "langfuse.output": told})


def _value(raw: Any) -> Any:
    return decoded(raw) if isinstance(raw, str) else raw


def _talk(one: Line) -> Line:
    given, told = _spelled_once(_value(one.get("input"))), _spelled_once(_value(one.get("output")))
    tools = given.get("tools") if isinstance(given, dict) else None
    return present({
        "gen_ai.input.messages": _said(given, "user") or None,
        "gen_ai.output.messages": _said(told, "assistant") or None,
        "gen_ai.tool.definitions": tools if isinstance(tools, list) else None,
    })  # fmt: skip


def _spelled_once(value: Any) -> Any:
    """The value without the token probabilities anywhere in it (see `without_logprobs`)."""
    if isinstance(value, dict):
        return {name: _spelled_once(inner) for name, inner in value.items() if name != LOGPROBS}
    return [_spelled_once(inner) for inner in value] if isinstance(value, list) else value


def _said(value: Any, role: str) -> list[Any]:
    """The messages in an input or output, which may be a text, a message, a list of them, or a whole request."""
    if value in (None, "", [], {}):
        return []
    if isinstance(value, dict):
        for name in ("messages", "choices"):
            if isinstance(value.get(name), list):
                return [one.get("message", one) if isinstance(one, dict) else one for one in value[name]]
        if "role" in value or "content" in value or "tool_calls" in value:
            return [{"role": role, **value}]
    if isinstance(value, list) and all(isinstance(one, dict) and "role" in one for one in value):
        return value
    return [{"role": role, "content": value if isinstance(value, str) else encoded(value)}]


def _model(one: Line, row: Row) -> Line:
    usage = one.get("usageDetails") or one.get("usage") or {}
    usage = _value(usage) if isinstance(_value(usage), dict) else {}
    costs = _value(one.get("costDetails"))
    cost = costs.get("total") if isinstance(costs, dict) else None
    model = one.get("model") or one.get("providedModelName")
    first = None
    if one.get("completionStartTime") and one.get("startTime"):
        first = max(when(one, "completionStartTime", row) - when(one, "startTime", row), 0) / 1e9
    return present({
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
        "gen_ai.usage.input_tokens": _count(usage, INPUT_KINDS),
        "gen_ai.usage.output_tokens": _count(usage, OUTPUT_KINDS),
        "gen_ai.usage.cache_read.input_tokens": _count(usage, CACHE_READ),
        "gen_ai.usage.cache_creation.input_tokens": _count(usage, CACHE_MADE),
        "gen_ai.usage.reasoning.output_tokens": _count(usage, REASONING),
        "gen_ai.response.time_to_first_chunk": first,
        "winnow.cost_usd": _number(cost) or _number(one.get("calculatedTotalCost")) or _number(one.get("totalCost")),
    })  # fmt: skip


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _count(usage: Line, names: tuple[str, ...]) -> int | None:
    return next((usage[name] for name in names if isinstance(usage.get(name), int)), None)
