"""Captured traffic as templates: the same bytes again and again, with ids nobody has seen."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "traces"
CAPTURED = DATA / "otlp" / "genai" / "genai.traces.00.pb"
RECORDS = DATA / "traces-permissive.jsonl.gz"
DAY = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Template:
    """A body cut at its ids: `ids` says which id, of how many bytes, stands in each gap; `rows` are spans or records."""

    parts: tuple[bytes, ...]
    gaps: tuple[int, ...]
    sizes: tuple[int, ...]
    rows: int
    traces: int
    as_text: bool = False

    def fresh(self) -> bytes:
        """The body with random ids; the same id wherever it stood before."""
        ids = [
            os.urandom(size // 2).hex().encode() if self.as_text else os.urandom(size) for size in self.sizes
        ]
        pieces = [self.parts[0]]
        for gap, part in zip(self.gaps, self.parts[1:], strict=True):
            pieces += (ids[gap], part)
        return b"".join(pieces)


def otlp(traces: int, *, now: int) -> Template:
    """`traces` of the captured GenAI request in one protobuf body, moved to `now` (nanoseconds since 1970)."""
    captured = ExportTraceServiceRequest.FromString(CAPTURED.read_bytes())
    whole, ids = ExportTraceServiceRequest(), dict[bytes, bytes]()
    for resource, scope, spans in islice(_traces(captured), traces):
        group = whole.resource_spans.add(resource=resource)
        scoped = group.scope_spans.add(scope=scope)
        names: dict[bytes, bytes] = {}
        shift = now - max(span.end_time_unix_nano for span in spans)
        for span in spans:
            copy = scoped.spans.add()
            copy.CopyFrom(span)
            copy.start_time_unix_nano += shift
            copy.end_time_unix_nano += shift
            for event in copy.events:
                event.time_unix_nano += shift
            for field in ("trace_id", "span_id", "parent_span_id"):
                if old := getattr(span, field):
                    setattr(copy, field, names.setdefault(old, os.urandom(len(old))))
        ids |= {new: new for new in names.values()}
    return _cut(
        _merged(whole).SerializeToString(), list(ids), sum(1 for _ in _spans(whole)), traces, as_text=False
    )


def records(count: int, *, skip: int = 0) -> Template:
    """`count` real records, one JSON object a line, with fresh trace and request ids."""
    lines = list(islice(record_lines(), skip, skip + count))
    values = [json.loads(line) for line in lines]
    wanted = {value["trace_id"]: None for value in values} | {value["request_id"]: None for value in values}
    ids, body = list[bytes](), b"".join(lines)
    for old in wanted:
        new = os.urandom(16).hex().encode()
        body = body.replace(f'"{old}"'.encode(), b'"' + new + b'"')
        ids.append(new)
    return _cut(body, ids, count, len({value["trace_id"] for value in values}), as_text=True)


def record_lines() -> Iterator[bytes]:
    """The lines of the real records."""
    with gzip.open(RECORDS, "rb") as stream:
        yield from stream


def _cut(body: bytes, ids: list[bytes], rows: int, traces: int, *, as_text: bool) -> Template:
    place = {one: number for number, one in enumerate(ids)}
    pieces = re.split(b"(" + b"|".join(re.escape(one) for one in ids) + b")", body)
    gaps = tuple(place[piece] for piece in pieces[1::2])
    return Template(tuple(pieces[::2]), gaps, tuple(len(one) for one in ids), rows, traces, as_text)


def _traces(request: ExportTraceServiceRequest) -> Iterator[tuple[Any, Any, list[Any]]]:
    """(resource, scope, spans) of one trace after the other, over and over."""
    found: dict[bytes, tuple[Any, Any, list[Any]]] = {}
    for resource, scope, span in _spans(request):
        found.setdefault(span.trace_id, (resource, scope, []))[2].append(span)
    while True:
        yield from found.values()


def _spans(request: ExportTraceServiceRequest) -> Iterator[tuple[Any, Any, Any]]:
    for group in request.resource_spans:
        for scoped in group.scope_spans:
            for span in scoped.spans:
                yield group.resource, scoped.scope, span


def _merged(request: ExportTraceServiceRequest) -> ExportTraceServiceRequest:
    """One group for each resource and scope, as an SDK's batch has it."""
    merged = ExportTraceServiceRequest()
    groups: dict[bytes, Any] = {}
    scopes: dict[bytes, Any] = {}
    for resource, scope, span in _spans(request):
        key = resource.SerializeToString(deterministic=True)
        group = groups.setdefault(key, None) or merged.resource_spans.add(resource=resource)
        groups[key] = group
        inner = key + scope.SerializeToString(deterministic=True)
        scoped = scopes.setdefault(inner, None) or group.scope_spans.add(scope=scope)
        scopes[inner] = scoped
        scoped.spans.append(span)
    return merged
