"""Turn traces whose grace time is over into conversation versions; late spans make the next version.

Any number of settlers may run at once: each takes rows nobody else holds. A trace that gets new spans while
it is being settled is marked again by their delivery and settled once more.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db import DataError, IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from core.roles import ingest_role
from curation.bodies import packed, unpacked
from curation.formats.spans import Span
from curation.ingest.settling import Settled, conclude, feedback_fields, head_fields, is_news, version_fields
from curation.ingest.store import copy_rows
from curation.models import Feedback, Trace
from curation.models import Span as SpanRow
from curation.models.trace import TraceState
from curation.price_books import book_of

log = structlog.get_logger(__name__)
VERSION = {
    "id": "uuid", "project_id": "uuid", "trace_id": "uuid", "number": "int4", "day": "date", "rules_id": "int8",
    "content_hash": "text", "key_id": "text", "redactions": "jsonb", "turns": "int4", "tool_calls": "int4",
    "tool_errors": "int4", "prompt_preview": "text", "answer_preview": "text", "topic": "text", "prompt_hash": "text",
    "cost_usd": "numeric", "input_tokens": "int4", "output_tokens": "int4", "latency_ms": "int4",
}  # fmt: skip
BODY = {"day": "date", "version_id": "uuid", "project_id": "uuid", "rules_id": "int8", "body": "bytea"}
STATE = {"version_id": "uuid", "project_id": "uuid", "step": "text", "drop_reason": "text", "is_representative": "bool",
         "domain": "text", "difficulty": "text", "kind": "text", "language": "text"}  # fmt: skip
HEAD = ("service", "environment", "release", "variant", "model", "session_key", "user_key", "source", "licence",
        "status", "escalated", "truncated", "training_use", "training_use_until")  # fmt: skip
HEAD_TYPES = {"escalated": "bool", "truncated": "bool", "training_use_until": "timestamptz"}
BREAKING = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    *(DataError, IntegrityError),
)
"""What one trace can do to its batch; a database that is away is none of these and stops the round."""
EVENT = {"project_id": "uuid", "subject_type": "text", "subject_id": "text", "name": "text", "from_state": "text",
         "to_state": "text", "cause": "uuid", "data": "jsonb"}  # fmt: skip


def settle_traces(*, limit: int = 500) -> int:
    """Settle up to `limit` traces in one transaction; how many were taken (0 when none is due)."""
    with transaction.atomic():
        due = Trace.objects.due_to_settle().select_related("current").order_by("settle_after")
        traces = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
        if not traces:
            return 0
        try:
            with transaction.atomic():
                _settle(traces)
        except BREAKING:
            _settle_apart(traces)
    return len(traces)


def _settle(traces: Sequence[Trace]) -> None:
    spans, rules = _spans(traces)
    settled = _conclude(traces, spans)
    versions = _write_versions(traces, settled, rules)
    _update_heads(traces, settled, versions)
    _add_feedback(traces, settled)
    _write_events(traces, settled, versions)


def _settle_apart(traces: Sequence[Trace]) -> None:
    """One trace among them cannot be written; it is left open and logged, so that it never stands in the others' way."""
    for trace in traces:
        try:
            with transaction.atomic():
                _settle([trace])
        except BREAKING as error:
            log.error("trace.unsettled", trace_id=str(trace.pk), error=type(error).__name__)
            Trace.objects.filter(pk=trace.pk).update(settle_after=None)


def _conclude(traces: Sequence[Trace], spans: dict[uuid.UUID, list[Span]]) -> dict[uuid.UUID, Settled]:
    """What each trace says; one that cannot be put together is left open and logged, the others go on."""
    settled = {}
    books = {project_id: book_of(project_id) for project_id in {trace.project_id for trace in traces}}
    for trace in traces:
        try:
            if trace.pk in spans:
                settled[trace.pk] = conclude(spans[trace.pk], trace.project_id, books[trace.project_id])
        except BREAKING as error:
            log.error("trace.unsettled", trace_id=str(trace.pk), error=type(error).__name__)
    return settled


def _spans(traces: Sequence[Trace]) -> tuple[dict[uuid.UUID, list[Span]], dict[uuid.UUID, int]]:
    """The spans of each trace, and the oldest rule version any of them passed."""
    days = {trace.day for trace in traces}
    rows = SpanRow.objects.filter(day__in=days, trace_id__in=[trace.pk for trace in traces])
    spans: dict[uuid.UUID, list[Span]] = defaultdict(list)
    rules: dict[uuid.UUID, int] = {}
    for trace_id, rules_id, body in rows.values_list("trace_id", "rules_id", "body").iterator():
        spans[trace_id].append(unpacked(body))
        rules[trace_id] = min(rules.get(trace_id, rules_id), rules_id)
    return spans, rules


def _write_versions(
    traces: Sequence[Trace], settled: dict[uuid.UUID, Settled], rules: dict[uuid.UUID, int]
) -> dict[uuid.UUID, uuid.UUID]:
    """New versions with their bodies and a pending curation state, where the content is news: trace id → version id."""
    versions, bodies, made = [], [], {}
    for trace in traces:
        one = settled.get(trace.pk)
        if one is None or not is_news(one, trace.current):
            continue
        fields = version_fields(one)
        version_id, number = uuid.uuid4(), trace.current.number + 1 if trace.current else 1
        common = {"id": version_id, "project_id": trace.project_id, "trace_id": trace.pk, "number": number,
                  "day": trace.day, "rules_id": rules[trace.pk]}  # fmt: skip
        fields = common | fields | {"redactions": Jsonb(fields["redactions"])}
        versions.append([fields[name] for name in VERSION])
        body = packed({"conversation": one.conversation, "marks": one.marks})
        bodies.append((trace.day, version_id, trace.project_id, rules[trace.pk], body))
        made[trace.pk] = version_id
    copy_rows("curation_conversationversion", VERSION, versions)
    with ingest_role():
        copy_rows("curation_conversation_body", BODY, bodies)
    projects = {trace.pk: trace.project_id for trace in traces}
    pending = [
        (version, projects[trace], "pending", "", False, "", "", "", "") for trace, version in made.items()
    ]
    copy_rows("curation_curationstate", STATE, pending)
    return made


def _update_heads(
    traces: Sequence[Trace], settled: dict[uuid.UUID, Settled], versions: dict[uuid.UUID, uuid.UUID]
) -> None:
    replaced = [trace.current_id for trace in traces if trace.pk in versions and trace.current_id]
    known = [trace for trace in traces if trace.pk in settled]
    heads = [head_fields(settled[trace.pk]) for trace in known]
    columns = ", ".join(f"{name} = n.{name}" for name in HEAD if name != "training_use")
    types = ", ".join(f"%s::{HEAD_TYPES.get(name, 'text')}[]" for name in HEAD)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE curation_curationstate SET step = 'superseded', updated_at = now() WHERE version_id = ANY(%s)",
            [replaced],
        )
        cursor.execute(
            f"""
            UPDATE curation_trace t SET {columns}, state = 'settled', settle_after = NULL,
                current_id = COALESCE(n.version, t.current_id),
                training_use = CASE WHEN n.training_use <> '' THEN n.training_use ELSE t.training_use END,
                training_use_source = CASE WHEN n.training_use <> '' THEN 'trace' ELSE t.training_use_source END
            FROM unnest(%s::uuid[], %s::uuid[], {types}) AS n(id, version, {", ".join(HEAD)})
            WHERE t.id = n.id
            """,
            [[trace.pk for trace in known], [versions.get(trace.pk) for trace in known],
             *([head[name] for head in heads] for name in HEAD)],
        )  # fmt: skip
        cursor.execute(
            "UPDATE curation_trace SET settle_after = NULL WHERE id = ANY(%s)",
            [[trace.pk for trace in traces if trace.pk not in settled]],
        )


def _write_events(
    traces: Sequence[Trace], settled: dict[uuid.UUID, Settled], versions: dict[uuid.UUID, uuid.UUID]
) -> None:
    """One event per trace that settled with something new, in one COPY: cycle times begin here."""
    batch = uuid.uuid4()
    rows = [
        (trace.project_id, Trace._meta.label_lower, str(trace.pk), "settled", trace.state, TraceState.SETTLED.value,
         batch, Jsonb({"version": str(versions[trace.pk]), "number": trace.current.number + 1 if trace.current else 1}))
        for trace in traces
        if trace.pk in versions
    ]  # fmt: skip
    copy_rows("core_event", EVENT, rows)


def _add_feedback(traces: Iterable[Trace], settled: dict[uuid.UUID, Settled]) -> None:
    """Feedback is append-only: only what is not there yet is added."""
    told = [trace for trace in traces if trace.pk in settled and settled[trace.pk].signals["feedback"]]
    there: Counter[tuple[Any, ...]] = Counter(
        Feedback.objects.filter(trace__in=told).values_list(
            "trace_id", "rating", "origin", "simulated", "needs_work", "comment"
        )
    )
    rows = []
    for trace in told:
        for one in settled[trace.pk].signals["feedback"]:
            fields = feedback_fields(one)
            if there[(trace.pk, *fields)] > 0:
                there[(trace.pk, *fields)] -= 1
                continue
            rating, origin, simulated, needs_work, comment = fields
            rows.append(Feedback(
                project_id=trace.project_id, trace=trace, rating=rating, origin=origin, simulated=simulated,
                needs_work=needs_work, comment=comment,
            ))  # fmt: skip
    Feedback.objects.bulk_create(rows)
