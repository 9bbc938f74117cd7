"""OTLP/JSON: the same request as protobuf, with hex ids, integers as strings and enums as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from curation.formats.problem import RowProblem
from curation.formats.spans import KINDS, STATUSES, Span
from curation.formats.texts import parse_json

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")


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
    if not isinstance(_get(request, "resourceSpans", "resource_spans"), list | None):
        raise NotOtlp("resourceSpans is not a list")
    number = 0
    for group in _list(request, "resourceSpans", "resource_spans"):
        if not isinstance(group, dict):
            raise NotOtlp("resourceSpans holds something that is not an object")
        resource = _pairs(_dict(group, "resource").get("attributes"))
        for scoped in _list(group, "scopeSpans", "scope_spans"):
            scope = str(_dict(scoped, "scope").get("name", "")) if isinstance(scoped, dict) else ""
            for raw in _list(scoped, "spans") if isinstance(scoped, dict) else []:
                number += 1
                yield number, raw, _span(raw, resource, scope, place, number)


def _span(raw: Any, resource: dict[str, Any], scope: str, place: str, number: int) -> Span | RowProblem:
    if not isinstance(raw, dict):
        return _problem(place, number, "span", "the span is not an object")
    status = _dict(raw, "status")
    try:
        return {
            "trace_id": _id(raw, "traceId", "trace_id"),
            "span_id": _id(raw, "spanId", "span_id"),
            "parent_id": _id(raw, "parentSpanId", "parent_span_id"),
            "name": str(raw.get("name", "")),
            "kind": _enum(raw.get("kind"), KINDS, "SPAN_KIND_"),
            "start": _integer(_get(raw, "startTimeUnixNano", "start_time_unix_nano"), "startTimeUnixNano"),
            "end": _integer(_get(raw, "endTimeUnixNano", "end_time_unix_nano"), "endTimeUnixNano"),
            "status": _enum(status.get("code"), STATUSES, "STATUS_CODE_"),
            "status_message": str(status.get("message", "")),
            "attributes": _pairs(raw.get("attributes")),
            "events": [
                {
                    "name": str(event.get("name", "")),
                    "time": _integer(_get(event, "timeUnixNano", "time_unix_nano"), "events.timeUnixNano"),
                    "attributes": _pairs(event.get("attributes")),
                }
                for event in _list(raw, "events")
                if isinstance(event, dict)
            ],
            "resource": resource,
            "scope": scope,
        }
    except _WrongType as error:
        return _problem(place, number, error.field, error.message)


class _WrongType(ValueError):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def _problem(place: str, number: int, field: str, message: str) -> RowProblem:
    return RowProblem(
        place, number, field, "wrong_type", message, "See the OTLP/JSON encoding of opentelemetry-proto."
    )


def _get(raw: dict[str, Any], *names: str) -> Any:
    return next((raw[name] for name in names if name in raw), None)


def _list(raw: dict[str, Any], *names: str) -> list[Any]:
    value = _get(raw, *names)
    return value if isinstance(value, list) else []


def _dict(raw: dict[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _id(raw: dict[str, Any], *names: str) -> str:
    value = _get(raw, *names)
    return value.lower() if isinstance(value, str) else ""


def _integer(value: Any, field: str) -> int:
    if value is None:
        return 0
    if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return value
    raise _WrongType(field, f"{field} is not a 64-bit integer")


def _enum(value: Any, names: tuple[str, ...], prefix: str) -> str:
    if isinstance(value, str) and value.removeprefix(prefix).lower() in names:
        return value.removeprefix(prefix).lower()
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else names[0]


def _pairs(pairs: Any) -> dict[str, Any]:
    if not isinstance(pairs, list):
        return {}
    return {str(pair.get("key", "")): _value(pair.get("value")) for pair in pairs if isinstance(pair, dict)}


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    if "intValue" in value:
        return _integer(value["intValue"], "attributes.intValue")
    if "arrayValue" in value:
        return [_value(inner) for inner in _list(_dict(value, "arrayValue"), "values")]
    if "kvlistValue" in value:
        return _pairs(_dict(value, "kvlistValue").get("values"))
    return next(
        (value[name] for name in ("stringValue", "boolValue", "doubleValue", "bytesValue") if name in value),
        None,
    )
