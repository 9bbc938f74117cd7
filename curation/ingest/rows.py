"""Redacted spans as rows: what a batch brings of each trace, and the columns of each span."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from curation.formats import genai
from curation.formats.spans import Span
from curation.ingest.delivered import KnownTrace
from curation.ingest.moments import moment
from curation.ingest.store import Head

SIMULATED = "winnow.simulated"
NAME, KIND = 500, 32


def heads_of(spans: Iterable[Span], known: Mapping[str, KnownTrace] | None = None) -> dict[str, Head]:
    """One head for each trace of these new spans; those that are known keep their id and day."""
    heads: dict[str, Head] = {}
    for span in spans:
        head = heads.get(span["trace_id"])
        if head is None:
            head = heads[span["trace_id"]] = _head(span, (known or {}).get(span["trace_id"]))
        head.spans += 1
        head.started = min(head.started, span["start"])
        head.service = head.service or str(span["resource"].get("service.name", ""))
        head.simulated = head.simulated or says_simulated(span)
        if not span["parent_id"]:
            head.root_ended = max(head.root_ended or 0, span["end"] or span["start"])
    return heads


def _head(span: Span, known: KnownTrace | None) -> Head:
    if known is None:
        return Head(span["trace_id"], span["start"])
    return Head(span["trace_id"], span["start"], id=known.id, day=known.day, known_spans=known.spans)


def says_simulated(span: Span) -> bool:
    """Whether its sender marks it as no production traffic; the mark travels to rows, manifests and cards."""
    for place in (span["resource"], span["attributes"]):
        if SIMULATED in place and (place[SIMULATED] is True or str(place[SIMULATED]).lower() == "true"):
            return True
    return False


def span_row(
    span: Span, head: Head, body: bytes, *, project_id: uuid.UUID, rules_id: int, batch_id: uuid.UUID,
    mac: bytes | None, key_id: str,
) -> tuple[Any, ...]:  # fmt: skip
    """The columns of `store.SPAN_COLUMNS`."""
    return (
        head.day, head.id, span["span_id"], project_id, span["parent_id"], span["name"][:NAME],
        (genai.operation(span) or span["kind"])[:KIND], moment(span["start"]),
        moment(span["end"]) if span["end"] else None, span["status"], rules_id, body, batch_id, mac, key_id,
    )  # fmt: skip
