"""Take a listing of documents: store what is new or changed, leave what is the same, remove what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Project
from core.audit import emit, record
from indexer.actions.authority import Who, authorised
from indexer.actions.request_build import request_build
from indexer.canonical import version_key
from indexer.documents import PARSER, Document, RefusedRow
from indexer.models import DocumentVersion, IndexBuild, Source, Sync, SyncRefusal
from indexer.passages import store_passages

BATCH = 64
KEPT_REFUSALS = 10_000


@dataclass
class SyncDone:
    """What a delivery changed; `build` is None when nothing has to be indexed."""

    sync: Sync
    counts: Counter[str]
    build: IndexBuild | None = None
    removal_withheld: bool = False


@dataclass
class _Delivery:
    """State of one run over the rows."""

    project: Project
    sync: Sync
    counts: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    nameless_refusals: int = 0


def sync_documents(
    *,
    who: Who,
    project: Project,
    rows: Iterable[Document | RefusedRow],
    origin: str,
    complete: bool = False,
    build: bool = True,
) -> SyncDone:
    """Store a delivery in one transaction and queue the build it needs.

    `complete` says that the rows are everything there is: documents not among them are removed from
    search at once, unless a refused row without a readable id could have been one of them.
    """
    actor = authorised(who, "index.manage", project)
    with transaction.atomic():
        sync = Sync.objects.create(project=project, origin=origin[:300], complete=complete)
        delivery = _Delivery(project, sync)
        for batch in _batches(_accepted(delivery, rows)):
            _store(delivery, batch)
        withheld = complete and delivery.nameless_refusals > 0
        if complete and not withheld:
            delivery.counts["removed"] = _remove_missing(delivery)
        Sync.objects.filter(pk=sync.pk).update(counts=dict(delivery.counts))
        sync.counts = dict(delivery.counts)
        record(
            actor=actor, verb="index.sync", subject=sync, project_id=project.pk, data=dict(delivery.counts)
        )
        emit(subject=sync, name="synced", project_id=project.pk, data=dict(delivery.counts))
        needed = build and DocumentVersion.objects.of(project).pending().exists()
        queued = request_build(who=who, project=project) if needed else None
    return SyncDone(sync, delivery.counts, queued, withheld)


def _accepted(delivery: _Delivery, rows: Iterable[Document | RefusedRow]) -> Iterator[Document]:
    """Documents go on; refusals are written down and counted."""
    for row in rows:
        if isinstance(row, Document):
            delivery.seen.add(row.external_id)
            yield row
            continue
        delivery.counts["refused"] += 1
        delivery.seen.add(row.external_id)
        delivery.nameless_refusals += not row.external_id
        if delivery.counts["refused"] <= KEPT_REFUSALS:
            SyncRefusal.objects.create(
                project=delivery.project,
                sync=delivery.sync,
                line=row.line,
                field=row.field,
                external_id=row.external_id,
                reason=row.reason,
            )


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _store(delivery: _Delivery, documents: list[Document]) -> None:
    """New versions for what is new or changed, their passages with them."""
    sources = _locked_sources(delivery.project, documents)
    standing: dict[object, dict[str, DocumentVersion]] = {}
    for version in DocumentVersion.objects.filter(source__in=sources.values()).indexable().without_text():
        standing.setdefault(version.source_id, {})[version.state] = version
    numbers = _highest_numbers(sources)
    fresh: list[DocumentVersion] = []
    for document in documents:
        source = sources[document.external_id]
        outcome = _outcome(document, standing.get(source.pk, {}))
        delivery.counts[outcome] += 1
        if outcome in {"new", "changed"} and not _reverts(document, standing.get(source.pk, {})):
            fresh.append(_version(source, document, numbers.get(source.pk, 0) + 1))
    created = DocumentVersion.objects.bulk_create(fresh, batch_size=16)
    store_passages(delivery.project, created)


def _locked_sources(project: Project, documents: list[Document]) -> dict[str, Source]:
    """One row per document id, locked in a fixed order so that two deliveries cannot wait for each other."""
    names = sorted(document.external_id for document in documents)
    kinds = {document.external_id: document.kind for document in documents}
    wanted = [Source(project=project, external_id=name, kind=kinds[name]) for name in names]
    Source.objects.bulk_create(wanted, ignore_conflicts=True)
    found = (
        Source.objects.of(project).filter(external_id__in=names).order_by("external_id").select_for_update()
    )
    return {source.external_id: source for source in found}


def _highest_numbers(sources: dict[str, Source]) -> dict[object, int]:
    rows = DocumentVersion.objects.filter(source__in=sources.values()).order_by("number")
    return dict(rows.values_list("source_id", "number"))


def _face(version: DocumentVersion) -> tuple[str, str, str, str, str]:
    return (version.content_sha256, version.uri, version.title, version.licence, version.published)


def _outcome(document: Document, standing: dict[str, DocumentVersion]) -> str:
    """new, changed or same, against what waits to be published, else against what is live."""
    pending, live = standing.get("pending"), standing.get("live")
    newest = pending or live
    if newest is None:
        return "new"
    if _face(newest) == document.face:
        return "same"
    if pending is not None:
        DocumentVersion.objects.filter(pk=pending.pk).update(superseded_at=Now())
    return "changed"


def _reverts(document: Document, standing: dict[str, DocumentVersion]) -> bool:
    """The change that waited was taken back: the live version is what is wanted again."""
    live = standing.get("live")
    return live is not None and _face(live) == document.face


def _version(source: Source, document: Document, number: int) -> DocumentVersion:
    return DocumentVersion(
        project_id=source.project_id,
        source=source,
        number=number,
        key=version_key(str(source.project_id), source.external_id, number, document.content_sha256),
        uri=document.uri,
        title=document.title,
        licence=document.licence,
        published=document.published,
        text=document.text,
        content_sha256=document.content_sha256,
        raw_sha256=document.raw_sha256,
        parser=PARSER,
        retrieved_at=timezone.now(),
    )


def _remove_missing(delivery: _Delivery) -> int:
    """Documents the listing no longer names stop answering with this commit."""
    gone = (
        DocumentVersion.objects.of(delivery.project)
        .indexable()
        .exclude(source__external_id__in=delivery.seen)
    )
    sources = set(gone.values_list("source_id", flat=True))
    DocumentVersion.objects.filter(source__in=sources, deleted_at__isnull=True).update(deleted_at=Now())
    return len(sources)
