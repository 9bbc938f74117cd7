"""Take a batch of traces in: checked, compared with what was delivered before, redacted, and only then stored.

One way for every route. Success means committed. Each chunk is one transaction, so a crash leaves whole
chunks and the next delivery of the same file continues where it broke off.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.actors import Actor
from curation.formats.problem import BrokenRow, RowProblem
from curation.ingest import store
from curation.ingest.chunks import Chunk, Sorter
from curation.ingest.counters import ROWS, SECONDS
from curation.ingest.items import Item
from curation.ingest.rows import count, heads_of, span_row
from curation.models import IngestBatch, Refusal, TrainingUse
from curation.ruling.fence import rules_still_current

CHUNK = 500
CHUNK_BYTES = 16 << 20
SHOWN_PROBLEMS = 20
HOPELESS = 10_000
Who = User | ApiToken | Actor


_REST_NOT_READ = BrokenRow(
    RowProblem(
        place="the rest",
        line=None,
        field="",
        code="rest_not_read",
        message=f"Of the first {HOPELESS:,} rows next to none could be taken; the rest was not read.",
        hint="Check that this is a file of traces; what was sound in it is stored, and sending it again is harmless.",
    ),
    b"",
)


@dataclass(slots=True)
class Report:
    """What became of a batch; the five numbers add up to what was in it."""

    batch_id: uuid.UUID
    accepted: int = 0
    redelivered: int = 0
    conflicting: int = 0
    refused: int = 0
    left_out: int = 0
    problems: list[RowProblem] = field(default_factory=list)


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
    delivery = Delivery(who, project, route, _training_use(who, project, training_use), hold_seconds)
    return deliver(delivery, items, source_name=source_name, size=size)


def deliver(delivery: Delivery, items: Iterable[Any], *, source_name: str = "", size: int = 0) -> Report:
    """Open the batch, take its parts, close it and count it."""
    report = delivery.open(source_name, size)
    with SECONDS.labels(delivery.route).time():
        for part in _parts(items):
            delivery.take(part, report)
            if _is_something_else(report):
                delivery.take([_REST_NOT_READ], report)
                break
    IngestBatch.objects.filter(pk=report.batch_id).update(finished_at=Now(), left_out=report.left_out)
    for outcome in ("accepted", "redelivered", "conflicting", "refused", "left_out"):
        ROWS.labels(delivery.route, outcome).inc(getattr(report, outcome))
    return report


def _is_something_else(report: Report) -> bool:
    """Whether so many rows were refused, and next to none taken, that this is no file of traces."""
    taken = report.accepted + report.redelivered + report.conflicting
    return report.refused >= HOPELESS and taken * 100 < report.refused


def _parts(items: Iterable[Item | BrokenRow]) -> Iterator[list[Item | BrokenRow]]:
    """What one transaction takes: bounded in rows, and in bytes for the memory of it."""
    part: list[Item | BrokenRow] = []
    size = 0
    for one in items:
        part.append(one)
        size += len(one.raw)
        if len(part) == CHUNK or size >= CHUNK_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _training_use(who: Who, project: Project, given: str) -> tuple[str, str]:
    if given:
        return TrainingUse(given).value, "batch"
    if isinstance(who, ApiToken) and who.training_use:
        return who.training_use, "token"
    return project.training_use_default, "project"


class Delivery:
    """One batch on its way in."""

    def __init__(
        self, who: Who, project: Project, route: str, use: tuple[str, str], hold_seconds: int
    ) -> None:
        self.who, self.project, self.route, self.use, self.hold = who, project, route, use, hold_seconds
        self.sorter = Sorter(project.pk)

    def open(self, source_name: str, size: int) -> Report:
        """Write the batch and its audit entry, so that even a batch that breaks off is on record."""
        token = self.who if isinstance(self.who, ApiToken) else None
        actor = self.who if isinstance(self.who, Actor) else self.who.actor
        with transaction.atomic():
            batch = IngestBatch.objects.create(
                project=self.project,
                route=self.route,
                source_name=self.sorter.clean(source_name),
                token=token,
                bytes=size,
            )
            audit.record(
                actor=actor,
                verb="trace.ingest",
                subject=batch,
                project_id=self.project.pk,
                data={"route": self.route},
            )
        return Report(batch.pk)

    def take(self, part: list[Item | BrokenRow], report: Report) -> None:
        """One chunk: sort, redact, store in one transaction, and add to the report.

        Where the rules changed in between, the part is redacted again: nothing is committed under rules that are over.
        """
        while True:
            chunk = self.sorter.sort(part)
            with transaction.atomic():
                if rules_still_current(self.project.pk, self.sorter.redactor.rules_id):
                    stored = self._write(chunk, report.batch_id)
                    break
            self.sorter = Sorter(self.project.pk)
        report.accepted += stored
        report.redelivered += chunk.redelivered
        report.conflicting += chunk.conflicting
        report.refused += chunk.refused
        report.problems += [
            problem for problem, _, _ in chunk.broken[: SHOWN_PROBLEMS - len(report.problems)]
        ]

    def _write(self, chunk: Chunk, batch_id: uuid.UUID) -> int:
        stored = self._store(chunk, batch_id)
        self._refuse(chunk, batch_id)
        IngestBatch.objects.filter(pk=batch_id).update(
            accepted=F("accepted") + stored, redelivered=F("redelivered") + chunk.redelivered,
            conflicting=F("conflicting") + chunk.conflicting, refused=F("refused") + chunk.refused,
            redactions=self._total(batch_id, chunk),
        )  # fmt: skip
        return stored

    def _store(self, chunk: Chunk, batch_id: uuid.UUID) -> int:
        heads = heads_of(span for _, _, span in chunk.fresh)
        if not heads:
            return 0
        store.claim_traces(heads.values(), project_id=self.project.pk, route=self.route, use=self.use)
        receipts = [(item.external_id, heads[span["trace_id"]].id, mac) for item, mac, span in chunk.fresh]
        new = store.claim_receipts(
            [(name, trace, mac) for name, trace, mac in receipts if trace],
            project_id=self.project.pk, batch_id=batch_id, key_id=self.sorter.key.id,
        )  # fmt: skip
        if len(new) < len(chunk.fresh):
            self.sorter.lost_race([item for item, _, _ in chunk.fresh if item.external_id not in new], chunk)
        rows = []
        for item, _, span in chunk.fresh:
            if item.external_id in new:
                head = heads[span["trace_id"]]
                count(head, span)
                rows.append(span_row(span, head, self.project.pk, self.sorter.redactor.rules_id))
        store.copy_spans(rows)
        store.touch_traces(heads.values(), hold_seconds=self.hold)
        return len(rows)

    def _refuse(self, chunk: Chunk, batch_id: uuid.UUID) -> None:
        key_id = self.sorter.key.id
        Refusal.objects.bulk_create([
            Refusal(
                project=self.project, batch_id=batch_id, place=problem.place, line=problem.line, field=problem.field,
                code=problem.code, message=problem.message, hint=problem.hint, length=length, content_hmac=mac,
                key_id=key_id if mac else "",
            )
            for problem, length, mac in chunk.broken
        ])  # fmt: skip

    def _total(self, batch_id: uuid.UUID, chunk: Chunk) -> dict[str, int]:
        counts = dict(IngestBatch.objects.values_list("redactions", flat=True).get(pk=batch_id))
        for kind, number in chunk.redactions.items():
            counts[kind] = counts.get(kind, 0) + number
        return counts
