"""What the index pages and endpoints read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, Least, Substr

from accounts.models import Project
from indexer.canonical import citation_id, storable
from indexer.models import BuildState, DocumentVersion, IndexBuild, IndexPointer, Occurrence, Sync
from indexer.models.build import MAIN

SURROUNDINGS = 110
PASSAGES_PER_PAGE = 80


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of a project's index in a few numbers."""

    current: IndexBuild | None
    working: IndexBuild | None
    live: int
    waiting: int
    passages: int
    licences: list[tuple[str, int]]
    last_sync: Sync | None
    oldest: datetime | None


def current_build(project: Project) -> IndexBuild | None:
    """What search answers from."""
    pointer = IndexPointer.objects.filter(project=project, name=MAIN).select_related("build__job").first()
    return pointer.build if pointer else None


def working_build(project: Project) -> IndexBuild | None:
    """A build that is queued or running."""
    builds = IndexBuild.objects.of(project).filter(state=BuildState.BUILDING)
    return builds.filter(job__state__in=["queued", "running"]).first()


def overview(project: Project) -> Overview:
    """A handful of counting queries."""
    versions = DocumentVersion.objects.of(project)
    live = versions.live()
    current = current_build(project)
    return Overview(
        current=current,
        working=working_build(project),
        live=live.count(),
        waiting=versions.pending().count(),
        passages=int(current.counts.get("passages", 0)) if current else 0,
        licences=versions.by_licence(),
        last_sync=Sync.objects.of(project).first(),
        oldest=live.order_by("retrieved_at").values_list("retrieved_at", flat=True).first(),
    )


def documents(
    project: Project, *, state: str = "", licence: str | None = None, words: str = ""
) -> QuerySet[DocumentVersion]:
    """Versions that were not replaced, without their texts; `state` is live, pending, deleted or "" for the first two."""
    rows = DocumentVersion.objects.of(project).filter(superseded_at__isnull=True)
    words = storable(words)
    if state == "deleted":
        rows = rows.filter(deleted_at__isnull=False)
    else:
        rows = {"live": rows.live, "pending": rows.pending}.get(state, rows.indexable)()
    if licence is not None:
        rows = rows.filter(licence=storable(licence))
    if words:
        rows = rows.filter(title__icontains=words) | rows.filter(uri__icontains=words)
    return rows.defer("text").select_related("source")


def with_passage_counts(rows: QuerySet[DocumentVersion]) -> QuerySet[DocumentVersion]:
    """`passage_count` for the rows that are shown: counted one by one, a join would count the whole corpus for a page."""
    own = Occurrence.objects.filter(document_version=OuterRef("pk")).order_by().values("document_version")
    count = Subquery(own.annotate(count=Count("pk")).values("count"))
    return rows.annotate(passage_count=Coalesce(count, 0))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a document: a passage with its place, or what lies between two."""

    text: str
    place: Occurrence | None
    citation: str


def pieces(version: DocumentVersion, chunker: str, first: int = 0) -> tuple[list[Piece], int | None]:
    """A page of the text cut at its passage borders, from code point `first`; and where the next page starts."""
    places = list(
        Occurrence.objects.filter(document_version=version, chunker=chunker, start__gte=first).order_by(
            "start"
        )[: PASSAGES_PER_PAGE + 1]
    )
    following = places[PASSAGES_PER_PAGE].start if len(places) > PASSAGES_PER_PAGE else None
    found: list[Piece] = []
    position = first
    for place in places[:PASSAGES_PER_PAGE]:
        if place.start > position and version.text[position : place.start].strip():
            found.append(Piece(version.text[position : place.start], None, ""))
        name = citation_id(version.key, place.start, place.end)
        found.append(Piece(version.text[place.start : place.end], place, name))
        position = place.end
    return found, following


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A line of text before and after a place."""

    before: str
    after: str


def surroundings(places: Iterable[Occurrence]) -> dict[int, Surroundings]:
    """Neighbouring text of these places by occurrence id, cut out by the database."""
    rows = Occurrence.objects.filter(pk__in=[place.pk for place in places]).annotate(
        before=Substr(
            "document_version__text",
            Greatest(F("start") - SURROUNDINGS + 1, 1),
            Least(F("start"), SURROUNDINGS),
        ),
        after=Substr("document_version__text", F("end") + 1, SURROUNDINGS),
    )
    return {
        pk: Surroundings(before, after) for pk, before, after in rows.values_list("pk", "before", "after")
    }


def versions_of(version: DocumentVersion) -> Sequence[DocumentVersion]:
    """All versions of the same document, newest first, without texts."""
    return list(DocumentVersion.objects.filter(source=version.source_id).without_text().newest_first())
