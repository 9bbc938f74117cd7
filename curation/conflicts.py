"""A conflict from both sides: what was delivered first and is stored, and what came later under the same id."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from core.errors import Refused
from curation.bodies import unpacked
from curation.ingest.items import Item
from curation.ingest.refused import RefusedText
from curation.ingest.replaying import items_of
from curation.models import Receipt, Span, Trace

COMPARED = (
    "name",
    "kind",
    "start",
    "end",
    "status",
    "status_message",
    "attributes",
    "events",
    "resource",
    "scope",
)


@dataclass(frozen=True)
class BothSides:
    """Two redacted spans as text, and the trace that holds the first."""

    stored: str
    refused: str
    trace_id: uuid.UUID


def both_sides(project_id: uuid.UUID, kept: RefusedText) -> BothSides | None:
    """The first span of a kept row beside the stored one of the same id; None where either cannot be read any more."""
    if kept.truncated:
        return None
    try:
        items = [one for one in items_of(kept, project_id) if isinstance(one, Item)]
    except Refused:
        return None
    for item in items:
        if (stored := _stored(project_id, item)) is not None:
            body = unpacked(stored.body)
            return BothSides(_as_text(body), _as_text(item.span), stored.trace_id)
    return None


def _stored(project_id: uuid.UUID, item: Item) -> Span | None:
    """The span that was delivered first: by its own id, or in the trace its request came in."""
    receipt = Receipt.objects.filter(project_id=project_id, external_id=item.external_id).first()
    traces = Trace.objects.filter(project_id=project_id)
    trace = traces.filter(pk=receipt.trace_id).first() if receipt else None
    trace = trace or traces.filter(external_id=item.span["trace_id"]).first()
    if trace is None:
        return None
    spans = Span.objects.filter(day=trace.day, trace_id=trace.pk)
    return spans.filter(span_id=item.span["span_id"]).first() or (
        spans.filter(batch_id=receipt.batch_id).first() if receipt else None
    )


def _as_text(span: Mapping[str, Any]) -> str:
    shown = {name: span[name] for name in COMPARED if span.get(name) not in (None, "", [], {})}
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
