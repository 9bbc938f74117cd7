"""OTLP/JSON: the same request as protobuf, with hex ids, integers as strings and enums as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from curation.formats.otlp_values import WrongType, dict_of, enum, get, id_of, integer, json_pairs, list_of
from curation.formats.problem import RowProblem
from curation.formats.spans import KINDS, STATUSES, Span
from curation.formats.texts import parse_json


class NotOtlp(ValueError):
    """The body is no OTLP/JSON request at all."""


def read(body: bytes, place: str) -> Iterator[tuple[int, Any, Span | RowProblem]]:
    """(number, raw value, span or problem) for every span, numbered from 1 over the whole request."""
    try:
        request, _ = parse_json(body)
    except ValueError as error:
        raise NotOtlp("the body is not JSON") from error
    if not isinstance(request, dict):
        raise NotOtlp("the body is not a JSON object with resourceSpans")
    if not isinstance(get(request, "resourceSpans", "resource_spans"), list | None):
        raise NotOtlp("resourceSpans is not a list")
    number = 0
    for group in list_of(request, "resourceSpans", "resource_spans"):
        if not isinstance(group, dict):
            raise NotOtlp("resourceSpans holds something that is not an object")
        resource, wrong = json_resource(group)
        if not isinstance(get(group, "scopeSpans", "scope_spans"), list | None):
            raise NotOtlp("scopeSpans is not a list")
        for scoped in list_of(group, "scopeSpans", "scope_spans"):
            if not isinstance(scoped, dict) or not isinstance(scoped.get("spans"), list | None):
                number += 1
                yield (
                    number,
                    scoped,
                    _problem(place, number, "scopeSpans", "the spans of a scope are not a list"),
                )
                continue
            scope = str(dict_of(scoped, "scope").get("name", ""))
            for raw in list_of(scoped, "spans"):
                number += 1
                yield (
                    number,
                    raw,
                    wrong_resource(wrong, place, number)
                    if wrong
                    else _span(raw, resource, scope, place, number),
                )


def _span(raw: Any, resource: dict[str, Any], scope: str, place: str, number: int) -> Span | RowProblem:
    if not isinstance(raw, dict):
        return _problem(place, number, "span", "the span is not an object")
    status = dict_of(raw, "status")
    try:
        return {
            "trace_id": id_of(raw, "traceId", "trace_id"),
            "span_id": id_of(raw, "spanId", "span_id"),
            "parent_id": _parent(raw),
            "name": str(raw.get("name", "")),
            "kind": enum(raw.get("kind"), KINDS, "SPAN_KIND_"),
            "start": integer(get(raw, "startTimeUnixNano", "start_time_unix_nano"), "startTimeUnixNano"),
            "end": integer(get(raw, "endTimeUnixNano", "end_time_unix_nano"), "endTimeUnixNano"),
            "status": enum(status.get("code"), STATUSES, "STATUS_CODE_"),
            "status_message": str(status.get("message", "")),
            "attributes": json_pairs(raw.get("attributes")),
            "events": [
                {
                    "name": str(event.get("name", "")),
                    "time": integer(get(event, "timeUnixNano", "time_unix_nano"), "events.timeUnixNano"),
                    "attributes": json_pairs(event.get("attributes")),
                }
                for event in list_of(raw, "events")
                if isinstance(event, dict)
            ],
            "resource": resource,
            "scope": scope,
        }
    except WrongType as error:
        return _problem(place, number, error.field, error.message)


def _parent(raw: dict[str, Any]) -> str:
    """The parent's id, "" where it is all zeros, as some SDKs write that there is none."""
    given = id_of(raw, "parentSpanId", "parent_span_id")
    return given if given.strip("0") else ""


def json_resource(group: dict[str, Any]) -> tuple[dict[str, Any], WrongType | None]:
    """The attributes of a group's resource, or what is wrong with them: it refuses the group's parts, not the request."""
    try:
        return json_pairs(dict_of(group, "resource").get("attributes")), None
    except WrongType as error:
        return {}, error


def wrong_resource(error: WrongType, place: str, number: int) -> RowProblem:
    """What to say of each part of a group whose resource cannot be read."""
    return _problem(place, number, f"resource.{error.field}", error.message)


def _problem(place: str, number: int, field: str, message: str) -> RowProblem:
    return RowProblem(
        place, number, field, "wrong_type", message, "See the OTLP/JSON encoding of opentelemetry-proto."
    )
