"""Exports of Langfuse: traces with their observations and scores, or observations and scores line by line.

https://langfuse.com/docs/api-and-data-platform (camelCase of the API and the page, snake_case of blob exports). What
belongs together is found by trace id and parent id, in whatever order and however many files it comes.
"""

from __future__ import annotations

import re
from typing import Any

from curation.formats.files.base import Defaults, Format, Found, Line
from curation.formats.files.langfuse_spans import (
    TIME_NAMES,
    observation_span,
    root_id,
    score_span,
    trace_of,
    trace_span,
    with_scores,
)
from curation.formats.files.langfuse_writer import write
from curation.formats.row import LIST, OBJECT, TEXT, Row

KINDS = {
    "GENERATION",
    "SPAN",
    "EVENT",
    "AGENT",
    "TOOL",
    "CHAIN",
    "RETRIEVER",
    "EVALUATOR",
    "EMBEDDING",
    "GUARDRAIL",
}
SNAKE = re.compile(r"_([a-z])")
SCORE_SIGNS, TRACE_SIGNS = (
    {"dataType", "stringValue", "observationId"},
    {"sessionId", "userId", "release", "htmlPath", "bookmarked"},
)


def camel(line: Line) -> Line:
    """The outer names of a blob export as the API spells them."""
    if not any("_" in name for name in line):
        return line
    return {SNAKE.sub(lambda found: found.group(1).upper(), name): value for name, value in line.items()}


def fits(line: Line) -> bool:
    """Whether this is a trace, an observation, a score, or a page of them."""
    if isinstance(line.get("data"), list) and isinstance(line.get("meta"), dict):
        return True
    if isinstance(line.get("trace"), dict) and "observations" in line:
        return True
    one = camel(line)
    if "request" in one or "messages" in one:
        return False
    return (
        isinstance(one.get("observations"), list) or _is_observation(one) or _is_score(one) or _is_trace(one)
    )


def _is_observation(one: Line) -> bool:
    return "traceId" in one and str(one.get("type", "")).upper() in KINDS


def _is_score(one: Line) -> bool:
    return "traceId" in one and "value" in one and bool(SCORE_SIGNS & one.keys())


def _is_trace(one: Line) -> bool:
    return "id" in one and "timestamp" in one and "traceId" not in one and bool(TRACE_SIGNS & one.keys())


def read(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """A span for the trace, for each observation, and for each score that stands alone."""
    if isinstance(line.get("data"), list) and isinstance(line.get("meta"), dict):
        found: list[Found] = []
        for place, one in enumerate(line["data"]):
            row.expect(one, OBJECT, f"data[{place}]")
            found += read(one, row, defaults)
        return found
    if isinstance(line.get("trace"), dict):
        rest = {name: value for name, value in line.items() if name != "trace"}
        line = {**line["trace"], **rest}
    one = camel(line)
    if _is_observation(one):
        return [_found(one, observation_span(_observation(one, row, ""), row, defaults))]
    if _is_score(one):
        row.expect(one.get("traceId"), TEXT, "traceId")
        return [_found(one, score_span(one, row, defaults))]
    return _read_trace(one, row, defaults)


def _read_trace(one: Line, row: Row, defaults: Defaults) -> list[Found]:
    _id(one, row, "id")
    row.expect(one.get("observations"), LIST, "observations", required=False)
    row.expect(one.get("scores"), LIST, "scores", required=False)
    observations = []
    for place, raw in enumerate(one.get("observations") or []):
        if isinstance(raw, str):
            continue
        row.expect(raw, OBJECT, f"observations[{place}]")
        inner = camel(raw)
        observations.append(_observation({**inner, "traceId": one["id"]}, row, f"observations[{place}]."))
    root = trace_span(one, observations, row, defaults)
    with_scores(root, one.get("scores") or [], row)
    nested = {name: value for name, value in one.items() if name != "observations"}
    found = [_found(nested, root)]
    for inner in observations:
        span = observation_span(inner, row, defaults)
        span["parent_id"] = span["parent_id"] or root_id(trace_of(one["id"]))
        found.append(_found(inner, span))
    return found


def _observation(one: Line, row: Row, prefix: str) -> Line:
    _id(one, row, "id", prefix)
    _id(one, row, "traceId", prefix)
    row.expect(one.get("parentObservationId"), TEXT, f"{prefix}parentObservationId", required=False)
    if not any(one.get(name) for name in TIME_NAMES):
        row.missing(f"{prefix}startTime")
    return one


def _id(one: Line, row: Row, name: str, prefix: str = "") -> None:
    row.expect(one.get(name), TEXT, prefix + name)
    if not 0 < len(one[name]) <= 200:
        row.refuse(
            prefix + name, "broken_id", "the id is empty or longer than 200 characters", "Export it again."
        )


def _found(source: Line, span: Any) -> Found:
    return Found(span, f"{span['trace_id']}:{span['span_id']}", source)


LANGFUSE = Format("langfuse", "Langfuse export", fits, read, write)
