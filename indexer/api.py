"""The index under /api/v1/projects/<slug>/index/."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import IO, Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.api import CursorPage
from core.errors import NotFound
from indexer import queries
from indexer import serializers as s
from indexer.actions.cite import Resolved, cite, resolve
from indexer.actions.delete_document import delete_document
from indexer.actions.flag_passage import flag_passage
from indexer.actions.request_build import request_build
from indexer.actions.search import Answer, search
from indexer.actions.sync_documents import sync_documents
from indexer.canonical import citation_id
from indexer.documents import MAX_DELIVERY, read_documents
from indexer.models import DocumentVersion, IndexBuild, Occurrence, Source

SHOWN_REFUSALS = 1000


class LinesParser(BaseParser):
    """Hands the body on as a stream: JSON lines are read row by row, plain or gzipped."""

    media_type = "application/x-ndjson"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body, unread, under `lines`."""
        return {"lines": stream}


class GzipLinesParser(LinesParser):
    """The same for a gzipped file."""

    media_type = "application/gzip"


class NewestFirst(CursorPage):
    """Versions by the order in which they were stored."""

    ordering = "-id"


def _place(version: DocumentVersion, start: int, end: int, section: str = "") -> dict[str, Any]:
    return {
        "document": version.source_id,
        "external_id": version.source.external_id,
        "uri": version.uri,
        "title": version.title,
        "version": version.number,
        "version_key": version.key,
        "start": start,
        "end": end,
        "section": section,
        "licence": version.licence,
        "retrieved_at": version.retrieved_at,
        "citation": citation_id(version.key, start, end),
    }


def _place_of(occurrence: Occurrence) -> dict[str, Any]:
    return _place(occurrence.document_version, occurrence.start, occurrence.end, occurrence.section)


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "query": answer.query,
        "build": answer.build.pk,
        "ranked_by": "words" if answer.why_words_only else "words+meaning",
        "why_words_only": answer.why_words_only,
        "milliseconds": round(answer.milliseconds, 1),
        "results": [
            {
                "rank": result.rank,
                "text": result.occurrences[0].passage.text,
                "score": result.score,
                "lexical": result.lexical,
                "dense": result.dense,
                "occurrences": [_place_of(place) for place in result.occurrences],
            }
            for result in answer.results
        ],
    }


class Search(ProjectAPI):
    """Passages of live documents, with everything needed to cite them."""

    verbs = {"GET": "index.read"}

    @extend_schema(parameters=[s.SearchIn], responses=s.AnswerOut)
    def get(self, request: Request, slug: str) -> Response:
        """Search. Repeat `licence` to allow several; an empty one means none was stated."""
        data = s.SearchIn(
            data={**request.query_params.dict(), "licence": request.query_params.getlist("licence")}
        )
        data.is_valid(raise_exception=True)
        wanted = data.validated_data
        answer = search(
            who=self.who,
            project=self.project,
            query=wanted["q"],
            k=wanted["k"],
            licences=wanted.get("licence") or None,
        )
        return Response(s.AnswerOut(_answer(answer)).data)


class Documents(ProjectAPI):
    """The documents of the index."""

    verbs = {"GET": "index.read", "POST": "index.manage"}
    parser_classes = [LinesParser, GzipLinesParser]

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, description="live, pending or deleted"),
            OpenApiParameter("licence", str),
        ],
        responses=s.VersionOut(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        """List current versions, newest first."""
        params = request.query_params
        rows = queries.documents(self.project, state=params.get("state", ""), licence=params.get("licence"))
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(s.VersionOut(page, many=True).data)

    @extend_schema(
        request={"application/x-ndjson": bytes, "application/gzip": bytes},
        parameters=[
            OpenApiParameter(
                "complete", bool, description="The body is everything: remove what it does not name."
            ),
            OpenApiParameter("origin", str, description="A name for this delivery."),
        ],
        responses={202: s.SyncOut},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Deliver documents as JSON lines. Sending the same again changes nothing."""
        origin = request.query_params.get("origin", "API")
        done = sync_documents(
            who=self.who,
            project=self.project,
            rows=read_documents(cast(dict[str, Any], request.data)["lines"], origin, limit=MAX_DELIVERY),
            origin=origin,
            complete=request.query_params.get("complete", "").lower() in {"1", "true", "yes"},
        )
        body = {
            "id": done.sync.pk,
            "origin": done.sync.origin,
            "complete": done.sync.complete,
            "counts": done.sync.counts,
            "created_at": done.sync.created_at,
            "refusals": done.sync.refusals.all()[:SHOWN_REFUSALS],
            "build": done.build.pk if done.build else None,
            "removal_withheld": done.removal_withheld,
        }
        return Response(s.SyncOut(body).data, status=status.HTTP_202_ACCEPTED)


class Document(ProjectAPI):
    """One document."""

    verbs = {"GET": "index.read", "DELETE": "index.manage"}

    @extend_schema(
        parameters=[OpenApiParameter("version", int, description="Default: the newest")],
        responses=s.VersionTextOut,
    )
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        """A version with its text."""
        versions = DocumentVersion.objects.of(self.project).filter(source=source_id).select_related("source")
        wanted = request.query_params.get("version", "")
        if wanted:
            versions = versions.filter(number=int(wanted) if wanted.isdigit() and len(wanted) < 10 else 0)
        version = versions.newest_first().first()
        if version is None:
            raise NotFound("document_not_found", "There is no such document version in this project.")
        return Response(s.VersionTextOut(version).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        """Take it out of search; effective with the next query."""
        delete_document(who=self.who, project=self.project, source_id=source_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DocumentVersions(ProjectAPI):
    """All versions of one document."""

    verbs = {"GET": "index.read"}

    @extend_schema(responses=s.VersionOut(many=True))
    def get(self, request: Request, slug: str, source_id: uuid.UUID) -> Response:
        """Newest first, without texts."""
        if not Source.objects.of(self.project).filter(pk=source_id).exists():
            raise NotFound("document_not_found", "There is no such document in this project.")
        versions = DocumentVersion.objects.filter(source=source_id).select_related("source").without_text()
        return Response(s.VersionOut(versions.newest_first(), many=True).data)


class Builds(ProjectAPI):
    """Index builds."""

    verbs = {"GET": "index.read", "POST": "index.manage"}

    @extend_schema(responses=s.BuildOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The latest fifty."""
        return Response(s.BuildOut(IndexBuild.objects.of(self.project)[:50], many=True).data)

    @extend_schema(request=None, responses={202: s.BuildOut})
    def post(self, request: Request, slug: str) -> Response:
        """Queue a build; one that already waits is returned instead."""
        build = request_build(who=self.who, project=self.project)
        return Response(s.BuildOut(build).data, status=status.HTTP_202_ACCEPTED)


class Build(ProjectAPI):
    """One build."""

    verbs = {"GET": "index.read"}

    @extend_schema(responses=s.BuildOut)
    def get(self, request: Request, slug: str, build_id: uuid.UUID) -> Response:
        """Its state and progress."""
        build = IndexBuild.objects.of(self.project).filter(pk=build_id).first()
        if build is None:
            raise NotFound("build_not_found", "There is no such index build in this project.")
        return Response(s.BuildOut(build).data)


def _citation(found: Resolved) -> dict[str, Any]:
    citation = found.citation
    return {
        "citation": citation.citation_id,
        "quote": found.quote,
        "is_current": found.is_current,
        "state": found.version.state,
        "place": _place(found.version, citation.start, citation.end),
        "now_at": [_place_of(place) for place in found.now_at],
    }


class Citations(ProjectAPI):
    """Names for spans."""

    verbs = {"GET": "index.read", "POST": "index.read"}

    @extend_schema(request=s.CiteIn, responses=s.CitationOut)
    def post(self, request: Request, slug: str) -> Response:
        """Name a span; the same span always gets the same name."""
        data = s.CiteIn(data=request.data)
        data.is_valid(raise_exception=True)
        named = cite(who=self.who, project=self.project, **data.validated_data)
        return Response(
            s.CitationOut(_citation(resolve(who=self.who, project=self.project, name=named.citation_id))).data
        )


class Citation(ProjectAPI):
    """One citation."""

    verbs = {"GET": "index.read"}

    @extend_schema(responses=s.CitationOut)
    def get(self, request: Request, slug: str, name: str) -> Response:
        """What it stands for; superseded and deleted versions resolve too, and say so."""
        return Response(s.CitationOut(_citation(resolve(who=self.who, project=self.project, name=name))).data)


class CitationNeedsWork(ProjectAPI):
    """A passage on the backlog."""

    verbs = {"GET": "backlog.open", "POST": "backlog.open"}

    @extend_schema(request=s.NeedsWorkIn, responses={201: s.NeedsWorkOut})
    def post(self, request: Request, slug: str, name: str) -> Response:
        """Say that the cited passage needs work."""
        data = s.NeedsWorkIn(data=request.data)
        data.is_valid(raise_exception=True)
        item = flag_passage(who=self.who, project=self.project, citation_id=name, **data.validated_data)
        return Response(s.NeedsWorkOut(item).data, status=status.HTTP_201_CREATED)
