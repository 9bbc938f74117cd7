"""Answers to OTLP requests in the encoding of the request: Export*ServiceResponse, and google.rpc.Status for errors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from google.protobuf.message import Message  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from curation.actions.ingest_batch import Report

PROTOBUF, JSON = "application/x-protobuf", "application/json"
SHOWN = 3
RETRY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """How one kind of request is answered: its protobuf class, the count of what was rejected, and the word for it."""

    message: type[Message]
    field: str
    json_field: str
    noun: str


SPANS = Answer(ExportTraceServiceResponse, "rejected_spans", "rejectedSpans", "spans")
RECORDS = Answer(ExportLogsServiceResponse, "rejected_log_records", "rejectedLogRecords", "log records")
POINTS = Answer(ExportMetricsServiceResponse, "rejected_data_points", "rejectedDataPoints", "data points")


def accepted(kind: str, answer: Answer, report: Report) -> HttpResponse:
    """200; `partial_success` counts what was not taken and gives the first reasons."""
    rejected = report.refused + report.conflicting
    first = "; ".join(str(problem) for problem in report.problems[:SHOWN])
    words = f"{rejected} {answer.noun} were not taken: {first}" if rejected else ""
    if kind == JSON:
        partial: dict[str, Any] = {answer.json_field: str(rejected), "errorMessage": words}
        body = json.dumps({"partialSuccess": partial} if rejected else {})
        return HttpResponse(body, content_type=JSON)
    message = answer.message()
    if rejected:
        setattr(message.partial_success, answer.field, rejected)
        message.partial_success.error_message = words
    return HttpResponse(message.SerializeToString(), content_type=PROTOBUF)


def fault(kind: str, status: int, code: int, message: str, *, wait: int = RETRY_SECONDS) -> HttpResponse:
    """An error: google.rpc.Status, whose fields 1 and 2 are code and message; a 503 says when to come back."""
    if kind == JSON:
        body = json.dumps({"code": code, "message": message}).encode()
    else:
        text = message.encode()
        body = bytes([0x08, code, 0x12]) + _varint(len(text)) + text
    response = HttpResponse(body, content_type=kind, status=status)
    if status == 503:
        response["Retry-After"] = str(wait)
    return response


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
