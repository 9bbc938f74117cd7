"""Log records read as spans of no duration: `ExportLogsServiceRequest`, protobuf and OTLP/JSON (opentelemetry-proto 1.x).

A record belongs to the span it was written in. Its name is that of its event (`event_name`, before 1.5 the
attribute `event.name`), its body lies under `log.body`. It has no id of its own; the caller gives it one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from curation.formats.otlp import EARLIEST, TOLERANCE, find_problem
from curation.formats.otlp_parts import Given, Signal, read_parts
from curation.formats.otlp_values import (
    WrongType,
    dict_of,
    get,
    id_of,
    integer,
    json_pairs,
    json_value,
    pairs,
    value,
)
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.spans import Span

LOGS = Signal(ExportLogsServiceRequest, LogRecord, "resource_logs", "scope_logs", "log_records")
LOG, BODY, SEVERITY, SEVERITY_NUMBER = "log", "log.body", "log.severity", "log.severity_number"
OF_INTEREST = ("gen_ai.", "winnow.", "langfuse.", "llm.", "openinference.", "traceloop.", "feedback")
NOT_PART = RowProblem(
    "", None, "trace_id", "not_in_a_trace", "the record names no trace and span",
    "Write the log record while its span is the current one, so that the SDK puts trace_id and span_id on it.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record of no trace that says nothing of a model, of feedback or of us: counted, and not kept."""

    number: int


def read_logs(body: bytes, *, as_json: bool, place: str) -> Iterator[Span | BrokenRow | LeftOut]:
    """Every record of the request as a span without an id, in order; raises otlp.Malformed."""
    for given in read_parts(body, LOGS, as_json=as_json, place=place):
        yield given if isinstance(given, BrokenRow) else _read(given, place)


def of_interest(span: Span) -> bool:
    """Whether the record tells of a model call, of feedback or of Winnow, by its name or a key."""
    said = span["attributes"].get(BODY)
    names = [span["name"], *span["attributes"], *(said if isinstance(said, dict) else ())]
    return any(name.startswith(OF_INTEREST) for name in names)


def _read(given: Given, place: str) -> Span | BrokenRow | LeftOut:
    try:
        span = _of_message(given) if isinstance(given.value, LogRecord) else _of_json(given)
    except WrongType as error:
        hint = "See the OTLP/JSON encoding of opentelemetry-proto."
        problem = RowProblem(place, given.number, error.field, "wrong_type", error.message, hint)
        return BrokenRow(problem, given.raw())
    except RecursionError:
        return BrokenRow(
            RowProblem(place, given.number, "", "too_deep", "it is nested too deeply"), given.raw()
        )
    if not span["trace_id"].strip("0") and not span["parent_id"].strip("0"):
        return _loose(span, given, place)
    found = find_log_problem(span, place, given.number)
    return BrokenRow(found, given.raw(), span) if found else span


def _loose(span: Span, given: Given, place: str) -> BrokenRow | LeftOut:
    if not of_interest(span):
        return LeftOut(given.number)
    problem = RowProblem(place, given.number, NOT_PART.field, NOT_PART.code, NOT_PART.message, NOT_PART.hint)
    return BrokenRow(problem, given.raw(), span)


def find_log_problem(span: Span, place: str, number: int) -> RowProblem | None:
    """Why this record cannot be kept: the ids of its span, its time or its texts."""
    if not EARLIEST <= span["start"] <= time.time_ns() + TOLERANCE:
        return RowProblem(
            place, number, "time_unix_nano", "bad_time", "the record is from before 2000 or from the future",
            "Send time_unix_nano as nanoseconds since 1970-01-01 UTC and check the clock of the sender.",
        )  # fmt: skip
    return find_problem({**span, "span_id": span["parent_id"], "parent_id": ""}, place, number)


def _of_message(given: Given) -> Span:
    record: LogRecord = given.value
    attributes = pairs(record.attributes)
    said = value(record.body) if record.HasField("body") else None
    named = record.event_name or str(attributes.get("event.name", ""))
    at = record.time_unix_nano or record.observed_time_unix_nano
    severity = (record.severity_text, int(record.severity_number))
    return _span((record.trace_id.hex(), record.span_id.hex()), named, at, attributes, said, severity, given)


def _of_json(given: Given) -> Span:
    raw = given.value
    if not isinstance(raw, dict):
        raise WrongType("", "the log record is not an object")
    attributes = json_pairs(raw.get("attributes"))
    named = str(get(raw, "eventName", "event_name") or attributes.get("event.name", ""))
    at = integer(get(raw, "timeUnixNano", "time_unix_nano"), "timeUnixNano")
    at = at or integer(get(raw, "observedTimeUnixNano", "observed_time_unix_nano"), "observedTimeUnixNano")
    number = get(raw, "severityNumber", "severity_number")
    severity = (
        str(get(raw, "severityText", "severity_text") or ""),
        number if isinstance(number, int) else 0,
    )
    ids = (id_of(raw, "traceId", "trace_id"), id_of(raw, "spanId", "span_id"))
    return _span(ids, named, at, attributes, json_value(dict_of(raw, "body") or None), severity, given)


def _span(
    ids: tuple[str, str], name: str, at: int, attributes: dict[str, Any], said: Any, severity: tuple[str, int],
    given: Given,
) -> Span:  # fmt: skip
    words = {BODY: said, SEVERITY: severity[0], SEVERITY_NUMBER: severity[1]}
    attributes |= {key: word for key, word in words.items() if word not in (None, "", 0)}
    return {
        "trace_id": ids[0], "span_id": "", "parent_id": ids[1], "name": name or LOG, "kind": LOG,
        "start": at, "end": at, "status": "unset", "status_message": "", "attributes": attributes, "events": [],
        "resource": given.resource, "scope": given.scope,
    }  # fmt: skip
