"""Redacted spans as rows: what a batch knows of each trace, and the columns of each span."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from curation.bodies import packed
from curation.formats import genai
from curation.formats.spans import Span
from curation.ingest import store

SIMULATED = "winnow.simulated"


def heads_of(spans: Iterable[Span]) -> dict[str, store.Head]:
    """One head for each trace, before its spans are counted."""
    heads: dict[str, store.Head] = {}
    for span in spans:
        head = heads.setdefault(span["trace_id"], store.Head(span["trace_id"], span["start"], ""))
        head.started = min(head.started, span["start"])
        head.service = head.service or str(span["resource"].get("service.name", ""))
        head.simulated = head.simulated or says_simulated(span)
    return heads


def says_simulated(span: Span) -> bool:
    """Whether its sender marks it as no production traffic; the mark travels to rows, manifests and cards."""
    marks = (span["resource"].get(SIMULATED), span["attributes"].get(SIMULATED))
    return any(mark is True or str(mark).lower() == "true" for mark in marks)


def count(head: store.Head, span: Span) -> None:
    """Add a span that is really new to its head."""
    head.spans += 1
    if not span["parent_id"]:
        head.root_ended = max(head.root_ended or 0, span["end"] or span["start"])


def span_row(span: Span, head: store.Head, project_id: uuid.UUID, rules_id: int) -> tuple[object, ...]:
    """The columns of `store.SPAN_COLUMNS`."""
    return (
        head.day, head.id, span["span_id"], project_id, span["parent_id"], span["name"][:500],
        (genai.operation(span) or span["kind"])[:32], store.moment(span["start"]),
        store.moment(span["end"]) if span["end"] else None, span["status"], rules_id, packed(span),
    )  # fmt: skip
