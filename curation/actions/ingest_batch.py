"""Take a batch of traces in: checked, compared with what was delivered before, redacted, and only then stored.

One way for every route. Success means committed. Each chunk is one transaction, so a crash leaves whole
chunks and the next delivery of the same file continues where it broke off.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import ApiToken, Project
from core import audit
from curation.actions.who import Who, actor_of, allowed
from curation.formats.otlp_logs import LeftOut
from curation.formats.problem import BrokenRow, RowProblem
from curation.ingest import store
from curation.ingest.blobs import keep_blobs
from curation.ingest.chunks import Chunk, Sorter
from curation.ingest.counters import ROWS, SECONDS
from curation.ingest.items import Item
from curation.ingest.moments import DAY, day_of
from curation.ingest.redaction import forget_redactor
from curation.ingest.refused import write_kept
from curation.ingest.rows import heads_of, span_row
from curation.models import IngestBatch, Refusal, TrainingUse
from curation.ruling.fence import rules_still_current
from curation.ruling.sealing import keep_originals

CHUNK = 500
CHUNK_BYTES = 16 << 20
SHOWN_PROBLEMS = 20
COUNTED = ("accepted", "redelivered", "conflicting", "refused", "left_out")
HOPELESS = 10_000


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
    redactions: dict[str, int] = field(default_factory=dict)

    def after(self, chunk: Chunk, stored: int, left_out: int) -> Report:
        """The report when this chunk is committed."""
        return Report(
            self.batch_id,
            accepted=self.accepted + stored,
            redelivered=self.redelivered + chunk.redelivered,
            conflicting=self.conflicting + chunk.conflicting,
            refused=self.refused + chunk.refused,
            left_out=left_out,
            problems=self.problems
            + [one.problem for one in chunk.broken[: SHOWN_PROBLEMS - len(self.problems)]],
            redactions=dict(Counter(self.redactions) + Counter(chunk.redactions)),
        )


def ingest_batch(
    *,
    who: Who,
    project: Project,
    route: str,
    items: Iterable[Item | BrokenRow | LeftOut],
    source_name: str = "",
    size: int = 0,
    training_use: str = "",
    hold_seconds: int = 0,
    any_age: bool = False,
) -> Report:
    """Store what is new and sound of these items, list what is not; raises what the database raises.

    `training_use` is what the sender says for traces that do not say it themselves; without it the token's
    default holds, then the service's, then the project's. What is older than MAX_AGE_DAYS is refused unless `any_age`: every day is a
    partition, and a wrong clock would open thousands.
    """
    allowed(who, "trace.ingest", project)
    delivery = Delivery(who, project, route, _training_use(who, project, training_use), hold_seconds, any_age)
    return deliver(delivery, items, source_name=source_name, size=size)


def deliver(delivery: Delivery, items: Iterable[Any], *, source_name: str = "", size: int = 0) -> Report:
    """Take the parts of a batch, one transaction each, and count it."""
    report = delivery.open(source_name, size)
    with SECONDS.labels(delivery.route).time():
        for part, last in _parts(_kept(items, delivery)):
            report = delivery.take(part, report, last=last)
            if _is_something_else(report):
                report = delivery.take([_REST_NOT_READ], report, last=True)
                break
    for outcome in COUNTED:
        ROWS.labels(delivery.route, outcome).inc(getattr(report, outcome))
    return report


def _kept(items: Iterable[Any], delivery: Delivery) -> Iterator[Any]:
    """Without what is of no interest here, which is counted."""
    for one in items:
        if isinstance(one, LeftOut):
            delivery.left_out += 1
        else:
            yield one


def _is_something_else(report: Report) -> bool:
    """Whether so many rows were refused, and next to none taken, that this is no file of traces."""
    taken = report.accepted + report.redelivered + report.conflicting
    return report.refused >= HOPELESS and taken * 100 < report.refused


def _parts(items: Iterable[Item | BrokenRow]) -> Iterator[tuple[list[Item | BrokenRow], bool]]:
    """What one transaction takes, bounded in rows and in bytes for the memory of it, and whether it is the last."""
    part: list[Item | BrokenRow] = []
    size = 0
    for one in items:
        if len(part) == CHUNK or size >= CHUNK_BYTES:
            yield part, False
            part, size = [], 0
        part.append(one)
        size += len(one.raw)
    yield part, True


def _training_use(who: Who, project: Project, given: str) -> tuple[str, str]:
    if given:
        return TrainingUse(given).value, "batch"
    if isinstance(who, ApiToken) and who.training_use:
        return who.training_use, "token"
    return project.training_use_default, "project"


class Delivery:
    """One batch on its way in."""

    def __init__(
        self,
        who: Who,
        project: Project,
        route: str,
        use: tuple[str, str],
        hold_seconds: int,
        any_age: bool = False,
    ) -> None:
        self.who, self.project, self.route, self.use, self.hold = who, project, route, use, hold_seconds
        self.any_age = any_age
        self.sorter = self.make_sorter()
        self.left_out = 0
        self._batch = IngestBatch(
            project=project, route=route, token=who if isinstance(who, ApiToken) else None
        )
        self._recorded = False

    def make_sorter(self) -> Sorter:
        """What compares and redacts, under the rules of this moment."""
        return Sorter(self.project.pk, self.oldest())

    def oldest(self) -> int:
        """What began before is refused, in nanoseconds since 1970: every day is a partition."""
        return 0 if self.any_age else time.time_ns() - settings.MAX_AGE_DAYS * DAY

    def open(self, source_name: str, size: int) -> Report:
        """Begin the batch; its first transaction puts it on record, so that one that breaks off is there too."""
        self._batch.source_name, self._batch.bytes = self.sorter.clean(source_name), size
        self._batch.received_at = datetime.now(UTC)
        return Report(self._batch.pk)

    def take(self, part: list[Item | BrokenRow], report: Report, *, last: bool = False) -> Report:
        """One chunk: sort, redact, store in one transaction; the report with this chunk in it.

        Where the rules changed in between, the part is redacted again: nothing is committed under rules that are over.
        Where another delivery brought the same meanwhile, it is compared again.
        """
        chunk = self.sorter.sort(part)
        while True:
            try:
                with transaction.atomic():
                    if rules_still_current(self.project.pk, self.sorter.redactor.rules_id):
                        after = report.after(chunk, self._write(chunk, report.batch_id), self.left_out)
                        self._record(after, chunk, last=last)
                        break
            except store.Overtaken:
                self.sorter.recheck(chunk)
                continue
            forget_redactor(self.project.pk)
            self.sorter = self.make_sorter()
            chunk = self.sorter.sort(part)
        self._recorded = True
        return after

    def _write(self, chunk: Chunk, batch_id: uuid.UUID) -> int:
        stored = self._store(chunk, batch_id)
        if chunk.broken:
            self._refuse(chunk, batch_id)
        return stored

    def _record(self, report: Report, chunk: Chunk, *, last: bool) -> None:
        """The batch with its counts so far, and with the first of them its audit entry."""
        batch = self._batch
        for name in COUNTED:
            setattr(batch, name, getattr(report, name))
        batch.redactions = report.redactions
        batch.finished_at = datetime.now(UTC) if last else None
        batch.save(force_insert=not self._recorded, force_update=self._recorded)
        if not self._recorded:
            data = {"route": self.route}
            audit.record(
                actor=actor_of(self.who),
                verb="trace.ingest",
                subject=batch,
                project_id=self.project.pk,
                data=data,
            )

    def _store(self, chunk: Chunk, batch_id: uuid.UUID) -> int:
        if not chunk.fresh:
            return 0
        project_id, key_id = self.project.pk, self.sorter.key.id
        heads = heads_of((one.span for one in chunk.fresh), chunk.delivered.traces)
        store.ensure_days(head.day or day_of(head.started) for head in heads.values())
        store.claim_traces(
            heads.values(), project_id=project_id, route=self.route, use=self.use, hold_seconds=self.hold
        )
        receipts = [
            (one.item.external_id, heads[one.span["trace_id"]].id, one.mac)
            for one in chunk.fresh
            if one.item.by_request
        ]
        if receipts:
            store.claim_receipts(receipts, project_id=project_id, batch_id=batch_id, key_id=key_id)
        store.copy_spans([
            span_row(
                one.span, heads[one.span["trace_id"]], one.body, project_id=project_id, batch_id=batch_id,
                rules_id=self.sorter.redactor.rules_id, mac=None if one.item.by_request else one.mac, key_id=key_id,
            )
            for one in chunk.fresh
        ])  # fmt: skip
        for one in chunk.fresh:
            head = heads[one.span["trace_id"]]
            if one.originals and head.id is not None:
                keep_originals(project_id, head.id, one.originals)
            if one.long:
                keep_blobs(one.long, trace_id=head.id, day=head.day, project_id=project_id)
        return len(chunk.fresh)

    def _refuse(self, chunk: Chunk, batch_id: uuid.UUID) -> None:
        key_id = self.sorter.key.id
        rows = Refusal.objects.bulk_create([
            Refusal(
                project=self.project, batch_id=batch_id, place=one.problem.place, line=one.problem.line,
                field=one.problem.field, code=one.problem.code, message=one.problem.message, hint=one.problem.hint,
                length=one.length, content_hmac=one.mac, key_id=key_id if one.mac else "",
            )
            for one in chunk.broken
        ])  # fmt: skip
        kept = [(row.pk, one.kept) for row, one in zip(rows, chunk.broken, strict=True) if one.kept]
        if kept:
            write_kept(kept, project_id=self.project.pk, rules_id=self.sorter.redactor.rules_id)
