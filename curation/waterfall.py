"""The raw span tree of a trace as rows of a waterfall: nesting, offsets, what each call cost, and what came late.

Only the columns of the spans are read, never their bodies: a trace of 500 spans is drawn from 500 short rows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from curation.models import IngestBatch, Span, Trace

MOST = 1_000
DEEPEST = 12
LOG = "log"
COLUMNS = ("span_id", "parent_span_id", "name", "kind", "started_at", "ended_at", "status", "batch_id")


@dataclass(frozen=True)
class SpanLine:
    """One span: `start` and `length` in milliseconds from the start of the trace; `call` its facts if it is a model call."""

    span_id: str
    parent_id: str
    name: str
    kind: str
    status: str
    start: float
    length: float | None
    depth: int
    call: Mapping[str, Any] = field(default_factory=dict)
    late: bool = False

    @property
    def is_log(self) -> bool:
        """A log record: a moment inside its span."""
        return self.kind == LOG

    @property
    def level(self) -> int:
        """The depth as far as it is drawn; deeper ones stand at the last step."""
        return min(self.depth, DEEPEST)


@dataclass(frozen=True)
class Waterfall:
    """`lines` in reading order; `orphans` are lines whose parent never came, by the parent's id; `total` in milliseconds."""

    lines: list[SpanLine]
    orphans: dict[str, list[SpanLine]]
    total: float
    count: int
    left_out: int

    @property
    def late(self) -> int:
        """How many came after the conversation was first put together."""
        return sum(
            line.late for line in [*self.lines, *(one for group in self.orphans.values() for one in group)]
        )


def waterfall(trace: Trace, calls: Iterable[Mapping[str, Any]], settled_at: datetime | None) -> Waterfall:
    """The spans of a trace; those received after `settled_at` are late. Beyond `MOST` spans the rest is counted only."""
    rows = Span.objects.filter(day=trace.day, trace_id=trace.pk).order_by("started_at", "span_id")
    spans = list(rows.values(*COLUMNS)[:MOST])
    left_out = max(0, rows.count() - MOST) if len(spans) == MOST else 0
    facts = {str(call.get("span_id")): call for call in calls}
    return laid_out(spans, facts, late_batches({span["batch_id"] for span in spans}, settled_at), left_out)


def late_batches(batches: Collection[uuid.UUID], settled_at: datetime | None) -> frozenset[uuid.UUID]:
    """Which of these deliveries came after the first version stood."""
    if settled_at is None:
        return frozenset()
    late = IngestBatch.objects.filter(pk__in=batches, received_at__gt=settled_at)
    return frozenset(late.values_list("pk", flat=True))


def laid_out(
    spans: Sequence[Mapping[str, Any]],
    calls: Mapping[str, Mapping[str, Any]],
    late: frozenset[uuid.UUID] = frozenset(),
    left_out: int = 0,
) -> Waterfall:
    """Spans in reading order: a parent, then its children by start. A circle of parents is cut where it was entered."""
    if not spans:
        return Waterfall([], {}, 0.0, 0, left_out)
    spans = sorted(spans, key=lambda span: (span["started_at"], span["span_id"]))
    began = spans[0]["started_at"]
    ended = max(span["ended_at"] or span["started_at"] for span in spans)
    known = {span["span_id"] for span in spans}
    below: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for span in spans:
        below[span["parent_span_id"]].append(span)
    seen: set[str] = set()

    def line(span: Mapping[str, Any], depth: int) -> SpanLine:
        length = _ms(span["started_at"], span["ended_at"]) if span["ended_at"] else None
        return SpanLine(
            span["span_id"], span["parent_span_id"], span["name"], span["kind"], span["status"],
            _ms(began, span["started_at"]), length, depth, calls.get(span["span_id"], {}),
            span.get("batch_id") in late,
        )  # fmt: skip

    def under(tops: Iterable[Mapping[str, Any]], depth: int = 0) -> list[SpanLine]:
        found, waiting = [], [(span, depth) for span in tops][::-1]
        while waiting:
            span, at = waiting.pop()
            if span["span_id"] in seen:
                continue
            seen.add(span["span_id"])
            found.append(line(span, at))
            waiting += [(child, at + 1) for child in below[span["span_id"]]][::-1]
        return found

    lines = under(below[""])
    orphans = {parent: under(below[parent], 1) for parent in list(below) if parent and parent not in known}
    lines += under(span for span in spans if span["span_id"] not in seen)
    return Waterfall(lines, orphans, _ms(began, ended), len(spans) + left_out, left_out)


def _ms(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() * 1000)
