"""The span every shape is read into: OpenTelemetry's span as plain JSON."""

from __future__ import annotations

from typing import Any, TypedDict


class SpanEvent(TypedDict):
    """Something that happened during a span; `time` in nanoseconds since 1970, UTC."""

    name: str
    time: int
    attributes: dict[str, Any]


class Span(TypedDict):
    """One span: ids as lower-case hex, times in nanoseconds since 1970, UTC."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: str
    start: int
    end: int
    status: str
    status_message: str
    attributes: dict[str, Any]
    events: list[SpanEvent]
    resource: dict[str, Any]
    scope: str


LOG = "log"
"""The kind of a log record: kept as a span of no duration whose parent is the span it was written in."""
KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
STATUSES = ("unset", "ok", "error")
