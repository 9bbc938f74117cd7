"""Full-text search over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.errors import NotFound
from curation.alike import more_like
from curation.api import FILTERS, TraceSerializer
from curation.models import Trace
from curation.search.find import Hit, search, waiting
from curation.search.query import PLACES


class PieceSerializer(serializers.Serializer[Any]):
    """A part of an excerpt; `found` is what was looked for."""

    text = serializers.CharField()
    found = serializers.BooleanField()


class SnippetSerializer(serializers.Serializer[Any]):
    """Where it was said, and the words around it."""

    role = serializers.CharField()
    pieces = PieceSerializer(many=True)
    cut_before = serializers.BooleanField()
    cut_after = serializers.BooleanField()


class HitSerializer(serializers.Serializer[Hit]):
    """A trace and the stretch that was found; null where its text is gone or ends before it."""

    trace = TraceSerializer()
    snippet = SnippetSerializer(allow_null=True)


class SearchSerializer(serializers.Serializer[Any]):
    """A page: `after` and `before` are the cursors of its neighbours, `total` stops counting at 10,000.

    `indexing` says that some conversations are not in the index yet.
    """

    results = HitSerializer(many=True)
    after = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_blank=True)
    total = serializers.IntegerField()
    indexing = serializers.BooleanField()


ASKED = [OpenApiParameter("q", OpenApiTypes.STR, required=True), OpenApiParameter("in", OpenApiTypes.STR, enum=list(PLACES)),
         *(OpenApiParameter(name, OpenApiTypes.DATE) for name in ("since", "until")),
         *(OpenApiParameter(name, OpenApiTypes.STR) for name in ("after", "before"))]  # fmt: skip


class Search(ProjectAPI):
    """GET: traces whose current conversation holds the words of `q`, newest first, with the filters of the list."""

    verbs = {"GET": "trace.read"}

    @extend_schema(operation_id="search", parameters=[*ASKED, *FILTERS], responses=SearchSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One page of 25; a query without a word is 409."""
        page, hits = search(self.project, request.query_params.dict())
        found = {"results": hits, "after": page.next, "before": page.previous, "total": page.total}
        return Response(SearchSerializer({**found, "indexing": waiting(self.project)}).data)


class AlikeSerializer(serializers.Serializer[Any]):
    """Another trace; `how` is near_duplicate, words or meaning, `likeness` up to 1, `words` the ones that both hold."""

    trace = serializers.UUIDField(source="trace.pk")
    question = serializers.CharField(source="trace.current.prompt_preview", default="")
    how = serializers.CharField()
    likeness = serializers.FloatField()
    words = serializers.ListField(child=serializers.CharField())


class Alike(ProjectAPI):
    """GET: other traces that are like this one."""

    verbs = {"GET": "trace.read"}

    @extend_schema(operation_id="traces_alike", responses=AlikeSerializer(many=True))
    def get(self, request: Request, slug: str, trace_id: str) -> Response:
        """Up to ten of each kind of likeness."""
        trace = (
            Trace.objects.filter(project=self.project, pk=trace_id)
            .select_related("current__curation__cluster")
            .first()
        )
        if trace is None:
            raise NotFound("trace_not_found", "There is no such trace in this project.")
        found = [one for kind in more_like(trace).values() for one in kind]
        return Response(AlikeSerializer(found, many=True).data)
