"""OTLP trace requests, protobuf and JSON, read into spans; what is broken is refused span by span.

Follows opentelemetry-proto 1.x and the OTLP/JSON mapping: ids are hex there (not base64), 64-bit
integers may be strings, enums are numbers, unknown fields are ignored.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from curation.formats import otlp_json
from curation.formats.otlp_values import pairs
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.spans import KINDS, STATUSES, Span
from curation.formats.texts import find_bad_span, text_problem
from curation.formats.wire import fields, joined

MAX_NANOS = 2**63 - 1
EARLIEST = 946_684_800 * 10**9
TOLERANCE = 2 * 86_400 * 10**9
TRACE_BYTES, SPAN_BYTES = 16, 8


class Malformed(ValueError):
    """The request as a whole cannot be read; nothing of it was taken."""


def read_protobuf(body: bytes, place: str = "request") -> Iterator[Span | BrokenRow]:
    """Every span of an `ExportTraceServiceRequest`, or what refuses it, in order; raises Malformed."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError:
        yield from _salvage(body, place)
        return
    number = 0
    for group in request.resource_spans:
        resource = pairs(group.resource.attributes)
        for scoped in group.scope_spans:
            for message in scoped.spans:
                number += 1
                span = _span(message, resource, scoped.scope.name)
                problem = find_problem(span, place, number)
                yield BrokenRow(problem, message.SerializeToString(), span) if problem else span


def read_json(body: bytes, place: str = "request") -> Iterator[Span | BrokenRow]:
    """The same for OTLP/JSON; raises Malformed when the body is no JSON object."""
    try:
        for number, raw, span in otlp_json.read(body, place):
            problem = span if isinstance(span, RowProblem) else find_problem(span, place, number)
            if problem is not None:
                yield BrokenRow(problem, _bytes_of(raw), None if isinstance(span, RowProblem) else span)
            elif not isinstance(span, RowProblem):
                yield span
    except otlp_json.NotOtlp as error:
        raise Malformed(str(error)) from error
    except RecursionError as error:
        raise Malformed("a value in the body is nested too deeply") from error


def _bytes_of(raw: Any) -> bytes:
    """The span as it came; nothing for one nested too deeply to be written down again."""
    try:
        return json.dumps(raw).encode()
    except RecursionError:
        return b""


def find_problem(span: Span, place: str, number: int) -> RowProblem | None:
    """Why this span cannot be kept: its ids, its times or its texts."""
    ids = [("trace_id", TRACE_BYTES, span["trace_id"]), ("span_id", SPAN_BYTES, span["span_id"])]
    if span["parent_id"]:
        ids.append(("parent_span_id", SPAN_BYTES, span["parent_id"]))
    for field, size, value in ids:
        if not _is_id(value, size):
            return _bad_id(value, field, size, place, number)
    if not EARLIEST <= span["start"] <= time.time_ns() + TOLERANCE or not 0 <= span["end"] <= MAX_NANOS:
        return RowProblem(
            place, number, "start_time_unix_nano", "bad_time", "the span starts before 2000 or in the future",
            "Send start and end as nanoseconds since 1970-01-01 UTC and check the clock of the sender.",
        )  # fmt: skip
    found = find_bad_span(span)
    return text_problem(place, number, found) if found else None


def _is_id(value: str, size: int) -> bool:
    return len(value) == size * 2 and bool(value.strip("0")) and not value.strip("0123456789abcdef")


def _bad_id(value: str, field: str, size: int, place: str, number: int) -> RowProblem:
    missing = not value.strip("0")
    code, what = (
        ("missing_id", "is missing or all zeros") if missing else ("broken_id", f"is not {size} bytes")
    )
    hint = f"Send {size} random bytes, not all zero; in OTLP/JSON as {size * 2} hex digits (not base64)."
    return RowProblem(place, number, field, code, f"{field} {what}", hint)


def _span(message: SpanMessage, resource: dict[str, Any], scope: str) -> Span:
    return {
        "trace_id": message.trace_id.hex(),
        "span_id": message.span_id.hex(),
        "parent_id": message.parent_span_id.hex() if message.parent_span_id.strip(b"\0") else "",
        "name": message.name,
        "kind": KINDS[message.kind] if 0 <= message.kind < len(KINDS) else KINDS[0],
        "start": message.start_time_unix_nano,
        "end": message.end_time_unix_nano,
        "status": STATUSES[message.status.code] if 0 <= message.status.code < len(STATUSES) else STATUSES[0],
        "status_message": message.status.message,
        "attributes": pairs(message.attributes),
        "events": [
            {"name": event.name, "time": event.time_unix_nano, "attributes": pairs(event.attributes)}
            for event in message.events
        ],
        "resource": resource,
        "scope": scope,
    }


def _salvage(body: bytes, place: str) -> Iterator[Span | BrokenRow]:
    """Read a request the parser refuses span by span, so that one bad string costs one span.

    Field numbers: request.resource_spans 1 → resource 1, scope_spans 2 → scope 1, spans 2 (trace.proto).
    """
    try:
        groups = [list(fields(group)) for number, group in fields(body) if number == 1]
        scoped = [(group, list(fields(inner))) for group in groups for number, inner in group if number == 2]
    except ValueError as error:
        raise Malformed("the body is not a protobuf ExportTraceServiceRequest") from error
    place_number = 0
    for group, inner in scoped:
        around = joined(group, 1), joined(inner, 1)
        for number, raw in inner:
            if number == 2:
                place_number += 1
                yield _salvaged(raw, around, place, place_number)
    if not place_number:
        raise Malformed("the body is not a protobuf ExportTraceServiceRequest")


def _salvaged(raw: bytes, around: tuple[bytes, bytes], place: str, number: int) -> Span | BrokenRow:
    message, resource, scope = SpanMessage(), Resource(), InstrumentationScope()
    try:
        resource.ParseFromString(around[0])
        scope.ParseFromString(around[1])
        message.ParseFromString(raw)
    except DecodeError:
        refused = RowProblem(
            place, number, "span", "invalid_utf8", "the span cannot be decoded: a string in it is not UTF-8",
            "Encode every protobuf string as UTF-8; send raw bytes as bytes_value.",
        )  # fmt: skip
        return BrokenRow(refused, raw)
    span = _span(message, pairs(resource.attributes), scope.name)
    problem = find_problem(span, place, number)
    return BrokenRow(problem, raw, span) if problem else span
