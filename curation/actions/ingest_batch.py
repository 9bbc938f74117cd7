"""Take a batch of traces in: checked, compared with what was delivered before, redacted, and only then stored.

One way for every route. Success means committed. Each chunk is one transaction, so a crash leaves whole
chunks and the next delivery of the same file continues where it broke off.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.actors import Actor
from core.keyring import Key, project_key
from core.privacy import RedactionFailed
from curation.bodies import packed
from curation.formats import genai
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.spans import Span
from curation.ingest import store
from curation.ingest.counters import ROWS, SECONDS
from curation.ingest.items import RECEIPTS, Item
from curation.ingest.redaction import Redactor, redact_span, redactor_for
from curation.models import IngestBatch, Refusal, TrainingUse

CHUNK = 500
SHOWN_PROBLEMS = 20
Who = User | ApiToken | Actor


@dataclass(slots=True)
class Report:
    """What became of a batch; the four numbers add up to what was in it."""

    batch_id: uuid.UUID
    accepted: int = 0
    redelivered: int = 0
    conflicting: int = 0
    refused: int = 0
    problems: list[RowProblem] = field(default_factory=list)


@dataclass(slots=True)
class _Chunk:
    """One transaction's worth, sorted by what will become of it."""

    fresh: list[tuple[Item, bytes, Span]] = field(default_factory=list)
    broken: list[tuple[RowProblem, bytes]] = field(default_factory=list)
    redelivered: int = 0
    conflicting: int = 0
    redactions: dict[str, int] = field(default_factory=dict)


def ingest_batch(
    *,
    who: Who,
    project: Project,
    route: str,
    items: Iterable[Item | BrokenRow],
    source_name: str = "",
    size: int = 0,
    training_use: str = "",
    hold_seconds: int = 0,
) -> Report:
    """Store what is new and sound of these items, list what is not; raises what the database raises.

    `training_use` is what the sender says for traces that do not say it themselves; without it the token's
    default holds, then the project's.
    """
    if not isinstance(who, Actor):
        require(who, "trace.ingest", project)
    delivery = _Delivery(who, project, route, _training_use(who, project, training_use), hold_seconds)
    report = delivery.open(source_name, size)
    rest = iter(items)
    with SECONDS.labels(route).time():
        while part := list(islice(rest, CHUNK)):
            delivery.take(part, report)
    IngestBatch.objects.filter(pk=report.batch_id).update(finished_at=Now())
    for outcome in ("accepted", "redelivered", "conflicting", "refused"):
        ROWS.labels(route, outcome).inc(getattr(report, outcome))
    return report


def _training_use(who: Who, project: Project, given: str) -> tuple[str, str]:
    if given:
        return TrainingUse(given).value, "batch"
    if isinstance(who, ApiToken) and who.training_use:
        return who.training_use, "token"
    return project.training_use_default, "project"


class _Delivery:
    """One batch on its way in."""

    def __init__(
        self, who: Who, project: Project, route: str, use: tuple[str, str], hold_seconds: int
    ) -> None:
        self.who, self.project, self.route, self.use, self.hold = who, project, route, use, hold_seconds
        self.key: Key = project_key(project.pk, RECEIPTS)
        self.redactor: Redactor = redactor_for(project.pk)

    def open(self, source_name: str, size: int) -> Report:
        """Write the batch and its audit entry, so that even a batch that breaks off is on record."""
        token = self.who if isinstance(self.who, ApiToken) else None
        with transaction.atomic():
            batch = IngestBatch.objects.create(
                project=self.project, route=self.route, source_name=source_name[:200], token=token, bytes=size
            )
            actor = self.who if isinstance(self.who, Actor) else self.who.actor
            audit.record(
                actor=actor,
                verb="trace.ingest",
                subject=batch,
                project_id=self.project.pk,
                data={"route": self.route},
            )
        return Report(batch.pk)

    def take(self, part: list[Item | BrokenRow], report: Report) -> None:
        """One chunk: sort, redact, store in one transaction, and add to the report."""
        chunk = self._sorted(part)
        with transaction.atomic():
            stored = self._store(chunk, report.batch_id)
            self._refuse(chunk, report.batch_id)
            IngestBatch.objects.filter(pk=report.batch_id).update(
                accepted=F("accepted") + stored, redelivered=F("redelivered") + chunk.redelivered,
                conflicting=F("conflicting") + chunk.conflicting,
                refused=F("refused") + len(chunk.broken) - chunk.conflicting,
                redactions=self._total(report.batch_id, chunk),
            )  # fmt: skip
        report.accepted += stored
        report.redelivered += chunk.redelivered
        report.conflicting += chunk.conflicting
        report.refused += len(chunk.broken) - chunk.conflicting
        report.problems += [problem for problem, _ in chunk.broken[: SHOWN_PROBLEMS - len(report.problems)]]

    def _sorted(self, part: list[Item | BrokenRow]) -> _Chunk:
        chunk = _Chunk(broken=[(one.problem, one.raw) for one in part if isinstance(one, BrokenRow)])
        items = [one for one in part if isinstance(one, Item)]
        known = store.known_receipts(self.project.pk, [one.external_id for one in items])
        for item in items:
            mac = item.mac(self.key)
            if item.external_id in known:
                self._again(item, *known[item.external_id], chunk)
                continue
            try:
                span, counts = redact_span(item.span, self.redactor)
            except RedactionFailed as failure:
                chunk.broken.append((_redaction_problem(item, failure), item.raw))
                continue
            known[item.external_id] = (mac, self.key.id)
            chunk.fresh.append((item, mac, span))
            for kind, count in counts.items():
                chunk.redactions[kind] = chunk.redactions.get(kind, 0) + count
        return chunk

    def _again(self, item: Item, mac: bytes, key_id: str, chunk: _Chunk) -> None:
        """The id was delivered before: the same bytes change nothing, other bytes are kept as a conflict."""
        key = self.key if key_id == self.key.id else project_key(self.project.pk, RECEIPTS, key_id)
        if item.mac(key) == mac:
            chunk.redelivered += 1
            return
        chunk.conflicting += 1
        chunk.broken.append((_conflict_problem(item), item.raw))

    def _store(self, chunk: _Chunk, batch_id: uuid.UUID) -> int:
        heads = _heads(span for _, _, span in chunk.fresh)
        if not heads:
            return 0
        store.claim_traces(heads.values(), project_id=self.project.pk, route=self.route, use=self.use)
        receipts = [(item.external_id, heads[span["trace_id"]].id, mac) for item, mac, span in chunk.fresh]
        new = store.claim_receipts(
            [(name, trace, mac) for name, trace, mac in receipts if trace],
            project_id=self.project.pk, batch_id=batch_id, key_id=self.key.id,
        )  # fmt: skip
        if len(new) < len(chunk.fresh):
            self._lost_race([item for item, _, _ in chunk.fresh if item.external_id not in new], chunk)
        rows = []
        for item, _, span in chunk.fresh:
            if item.external_id in new:
                head = heads[span["trace_id"]]
                _count(head, span)
                rows.append(_row(span, head, self.project.pk, self.redactor.rules_id))
        store.copy_spans(rows)
        store.touch_traces(heads.values(), hold_seconds=self.hold)
        return len(rows)

    def _lost_race(self, items: list[Item], chunk: _Chunk) -> None:
        """Another request delivered these ids since we looked."""
        known = store.known_receipts(self.project.pk, [item.external_id for item in items])
        for item in items:
            self._again(item, *known[item.external_id], chunk)

    def _refuse(self, chunk: _Chunk, batch_id: uuid.UUID) -> None:
        Refusal.objects.bulk_create([
            Refusal(
                project=self.project, batch_id=batch_id, place=problem.place[:200], line=problem.line,
                field=problem.field[:200], code=problem.code, message=problem.message, hint=problem.hint,
                length=len(raw), content_hmac=self.key.mac(raw) if raw else None, key_id=self.key.id if raw else "",
            )
            for problem, raw in chunk.broken
        ])  # fmt: skip

    def _total(self, batch_id: uuid.UUID, chunk: _Chunk) -> dict[str, int]:
        counts = dict(IngestBatch.objects.values_list("redactions", flat=True).get(pk=batch_id))
        for kind, count in chunk.redactions.items():
            counts[kind] = counts.get(kind, 0) + count
        return counts


def _heads(spans: Iterable[Span]) -> dict[str, store.Head]:
    heads: dict[str, store.Head] = {}
    for span in spans:
        head = heads.setdefault(span["trace_id"], store.Head(span["trace_id"], span["start"], ""))
        head.started = min(head.started, span["start"])
        head.service = head.service or str(span["resource"].get("service.name", ""))
    return heads


def _count(head: store.Head, span: Span) -> None:
    head.spans += 1
    if not span["parent_id"]:
        head.root_ended = max(head.root_ended or 0, span["end"] or span["start"])


def _row(span: Span, head: store.Head, project_id: uuid.UUID, rules_id: int) -> tuple[object, ...]:
    return (
        head.day, head.id, span["span_id"], project_id, span["parent_id"], span["name"][:500],
        (genai.operation(span) or span["kind"])[:32], store.moment(span["start"]),
        store.moment(span["end"]) if span["end"] else None, span["status"], rules_id, packed(span),
    )  # fmt: skip


def _redaction_problem(item: Item, failure: RedactionFailed) -> RowProblem:
    hint = "Nothing of this row was stored. Simplify the value at this place, or report the code to your operator."
    return RowProblem(item.place, item.line, failure.path, f"redaction_{failure.code}"[:40],
                      "the row could not be redacted", hint)  # fmt: skip


def _conflict_problem(item: Item) -> RowProblem:
    hint = "Deliver changed content under a new id; the content delivered first was kept."
    return RowProblem(item.place, item.line, "id", "conflict",
                      "this id was delivered before with other content", hint)  # fmt: skip
