"""Small OTLP requests for tests, built with the real protobuf classes."""

import json
import time
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

TRACE, ROOT, CHILD = bytes(range(1, 17)), bytes(range(1, 9)), bytes(range(2, 10))


def said(role: str, text: str, **more: Any) -> dict[str, Any]:
    """One message in the parts of the GenAI conventions."""
    return {"role": role, "parts": [{"type": "text", "content": text}], **more}


def chat(
    question: str = "What is a list?", answer: str | None = "A sequence.", *, trace_id: bytes = TRACE,
    span_id: bytes = ROOT, parent_id: bytes = b"", history: list[dict[str, Any]] | None = None, **attributes: Any,
) -> ExportTraceServiceRequest:  # fmt: skip
    """A request with one chat span; attribute names are written with __ for dots."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    _set(group.resource.attributes, {"service.name": "helpdesk"})
    span = group.scope_spans.add().spans.add()
    span.trace_id, span.span_id, span.parent_span_id, span.name = trace_id, span_id, parent_id, "chat m"
    span.start_time_unix_nano = time.time_ns() // 10**9 * 10**9 - 10**9
    span.end_time_unix_nano = span.start_time_unix_nano + 10**8
    messages = [*(history or []), said("user", question)]
    named: dict[str, Any] = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m",
                             "gen_ai.input.messages": json.dumps(messages)}  # fmt: skip
    if answer is not None:
        named["gen_ai.output.messages"] = json.dumps([said("assistant", answer, finish_reason="stop")])
    _set(span.attributes, named | {name.replace("__", "."): value for name, value in attributes.items()})
    return request


def joined(*requests: ExportTraceServiceRequest) -> ExportTraceServiceRequest:
    """Several requests as one batch."""
    whole = ExportTraceServiceRequest()
    for request in requests:
        whole.MergeFrom(request)
    return whole


def _set(pairs: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        pair = pairs.add()
        pair.key = name
        kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
        setattr(pair.value, kinds[type(value)], value)
