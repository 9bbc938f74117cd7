"""Data points of `ExportMetricsServiceRequest`, protobuf and OTLP/JSON (opentelemetry-proto 1.x), in one shape.

`total` is the value of a number point and the sum of a histogram; `count` is how many measurements it stands for.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from typing import Any, TypedDict

from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from google.protobuf.message import Message  # type: ignore[import-untyped]
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from curation.formats.otlp import EARLIEST, TOLERANCE
from curation.formats.otlp_parts import Given, Signal, read_parts
from curation.formats.otlp_values import WrongType, dict_of, enum, get, integer, json_pairs, list_of, pairs
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.texts import find_bad_text, text_problem

METRICS = Signal(ExportMetricsServiceRequest, Metric, "resource_metrics", "scope_metrics", "metrics")
KINDS = {"gauge": "gauge", "sum": "sum", "histogram": "histogram", "exponentialHistogram": "exponential_histogram",
         "summary": "summary"}  # fmt: skip
TEMPORALITIES = ("", "delta", "cumulative")
SHAPE = ("bucketCounts", "explicitBounds", "scale", "zeroCount", "zeroThreshold", "positive", "negative", "min", "max",
         "quantileValues", "flags")  # fmt: skip
INSIDE = {"offset", "bucketCounts", "quantile", "value"}
NUMBER = re.compile(r"-?[0-9]{1,20}|NaN|-?Infinity")
LEVELS = 2
LONGEST_NAME, LONGEST_UNIT = 255, 63


class Point(TypedDict):
    """One data point; times in nanoseconds since 1970, `shape` holds buckets or quantiles as OTLP/JSON names them."""

    name: str
    unit: str
    kind: str
    temporality: str
    start: int
    at: int
    count: int | None
    total: float | None
    attributes: dict[str, Any]
    resource: dict[str, Any]
    scope: str
    shape: dict[str, Any]


def read_metrics(body: bytes, *, as_json: bool, place: str) -> Iterator[Point | BrokenRow]:
    """Every data point of the request, or what refuses it, in order; raises otlp.Malformed."""
    number = 0
    for given in read_parts(body, METRICS, as_json=as_json, place=place):
        for point in [given] if isinstance(given, BrokenRow) else _points(given, place, number):
            number += 1
            yield point


def _points(given: Given, place: str, before: int) -> Iterator[Point | BrokenRow]:
    """The points of one metric; a metric that cannot be read counts as one refused point."""
    try:
        metric = _as_json(given)
        kind = next(name for name in KINDS if isinstance(metric.get(name), dict))
    except (WrongType, StopIteration):
        hint = "A metric holds one of gauge, sum, histogram, exponentialHistogram or summary."
        problem = RowProblem(place, before + 1, "", "wrong_type", "it is no metric with data points", hint)
        yield BrokenRow(problem, given.raw())
        return
    for number, raw in enumerate(list_of(metric[kind], "dataPoints"), before + 1):
        yield _read(metric, kind, raw, given, place, number)


def _as_json(given: Given) -> dict[str, Any]:
    """Protobuf points as OTLP/JSON writes them, so that both are read alike; attributes stay aside, decoded."""
    if not isinstance(given.value, Message):
        if not isinstance(given.value, dict):
            raise WrongType("", "the metric is not an object")
        return given.value
    metric: dict[str, Any] = MessageToDict(given.value)
    for name in KINDS:
        if name in metric:
            message = getattr(given.value, KINDS[name])
            for made, point in zip(metric[name].get("dataPoints", []), message.data_points, strict=True):
                made["attributes"] = pairs(point.attributes)
    return metric


def _read(
    metric: dict[str, Any], kind: str, raw: Any, given: Given, place: str, number: int
) -> Point | BrokenRow:
    try:
        point = _point(metric, kind, raw, given)
    except WrongType as error:
        hint = "See the OTLP encoding of metrics in opentelemetry-proto."
        return BrokenRow(RowProblem(place, number, error.field, "wrong_type", error.message, hint), b"")
    if not point["name"] or len(point["name"]) > LONGEST_NAME or len(point["unit"]) > LONGEST_UNIT:
        return BrokenRow(RowProblem(place, number, "name", "bad_name", "the metric has no name, or one too long",
                                    f"A name has 1 to {LONGEST_NAME} characters, a unit at most {LONGEST_UNIT}."), b"")  # fmt: skip
    if not EARLIEST <= point["at"] <= time.time_ns() + TOLERANCE:
        return BrokenRow(RowProblem(place, number, "time_unix_nano", "bad_time", "the point is from before 2000 or from"
                                    " the future", "Check the clock of the sender."), b"")  # fmt: skip
    found = find_bad_text(point)
    return BrokenRow(text_problem(place, number, found), b"") if found else point


def _point(metric: dict[str, Any], kind: str, raw: Any, given: Given) -> Point:
    if not isinstance(raw, dict):
        raise WrongType("", "the data point is not an object")
    attributes = raw.get("attributes")
    count, total = _measured(kind, raw)
    temporality = get(dict_of(metric, kind), "aggregationTemporality", "aggregation_temporality")
    return {
        "name": str(metric.get("name", "")),
        "unit": str(metric.get("unit", "")),
        "kind": KINDS[kind],
        "temporality": enum(temporality, TEMPORALITIES, "AGGREGATION_TEMPORALITY_"),
        "start": integer(get(raw, "startTimeUnixNano", "start_time_unix_nano"), "startTimeUnixNano"),
        "at": integer(get(raw, "timeUnixNano", "time_unix_nano"), "timeUnixNano"),
        "count": count,
        "total": total,
        "attributes": attributes if isinstance(attributes, dict) else json_pairs(attributes),
        "resource": given.resource,
        "scope": given.scope,
        "shape": {name: _numbers(raw[name], name) for name in SHAPE if name in raw},
    }


def _numbers(value: Any, field: str, levels: int = LEVELS) -> Any:
    """Buckets and quantiles as they came, where they are numbers and nothing else: no word passes beside redaction."""
    if isinstance(value, dict) and levels and value.keys() <= INSIDE:
        return {name: _numbers(inner, f"{field}.{name}", levels - 1) for name, inner in value.items()}
    if isinstance(value, list) and levels:
        return [_numbers(inner, field, levels - 1) for inner in value]
    if (
        value is None
        or isinstance(value, int | float)
        or (isinstance(value, str) and NUMBER.fullmatch(value))
    ):
        return value
    raise WrongType(field, f"{field} is not a number")


def _measured(kind: str, raw: dict[str, Any]) -> tuple[int | None, float | None]:
    if kind in ("gauge", "sum"):
        whole = get(raw, "asInt", "as_int")
        number = integer(whole, "asInt") if whole is not None else get(raw, "asDouble", "as_double")
        return (None if number is None else 1), _finite(number, "asDouble")
    return integer(raw.get("count"), "count"), _finite(raw.get("sum"), "sum")


def _finite(number: Any, field: str) -> float | None:
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise WrongType(field, f"{field} is not a finite number")
    return float(number)
