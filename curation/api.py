"""Traces over the API: a batch of JSON lines in, lists and one trace out."""

from __future__ import annotations

from io import BytesIO
from typing import Any, BinaryIO

from django.db import Error as DatabaseFault
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.api import CursorPage
from core.errors import NotFound, Unavailable
from curation.actions.ingest_batch import ingest_batch
from curation.bodies import load
from curation.formats.files import AUTO
from curation.formats.files.reading import Opened
from curation.formats.files.record_form import RECORD
from curation.ingest.files import NAMES, defaults_now, file_items, open_file
from curation.ingest.limits import Limited
from curation.ingest.metering import Metered
from curation.ingest.transport import Busy, gate
from curation.models import IngestBatch, Refusal, Trace, TrainingUse
from curation.trace_filters import PATHS, filtered

ROUTE, PLACE = "jsonl", "request"
MAX_BATCH_BYTES = 256 << 20
RETRY_SECONDS = 2


class StreamParser(BaseParser):
    """Hands the body over unread: lines are parsed one by one as they come."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """The stream itself."""
        return {"stream": stream}


class AnswersInJson(DefaultContentNegotiation):
    """`?format=` names the format of the rows that are sent here, not of the answer."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first there is."""
        return renderers[0], renderers[0].media_type


class TraceSerializer(serializers.ModelSerializer[Trace]):
    """The head of a trace and what curation concluded about it."""

    question = serializers.CharField(source="current.prompt_preview", default="")
    answer = serializers.CharField(source="current.answer_preview", default="")
    version = serializers.IntegerField(source="current.number", default=None)
    domain = serializers.CharField(source="current.curation.domain", default="")
    difficulty = serializers.CharField(source="current.curation.difficulty", default="")
    kind = serializers.CharField(source="current.curation.kind", default="")
    drop_reason = serializers.CharField(source="current.curation.drop_reason", default="")
    cost_usd = serializers.DecimalField(
        source="current.cost_usd", max_digits=12, decimal_places=8, default=None
    )

    class Meta:
        model = Trace
        fields = ("id", "external_id", "occurred_at", "received_at", "service", "environment", "release", "variant",
                  "model", "session_key", "user_key", "route", "source", "licence", "simulated", "status", "escalated",
                  "truncated", "training_use", "training_use_source", "state", "span_count", "question", "answer",
                  "version", "domain", "difficulty", "kind", "drop_reason", "cost_usd")  # fmt: skip


class ProblemSerializer(serializers.Serializer[Any]):
    """One refused row."""

    place = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField()


class ReportSerializer(serializers.Serializer[Any]):
    """What became of a batch."""

    batch_id = serializers.UUIDField()
    accepted = serializers.IntegerField()
    redelivered = serializers.IntegerField()
    conflicting = serializers.IntegerField()
    refused = serializers.IntegerField()
    problems = ProblemSerializer(many=True)


class BatchSerializer(serializers.ModelSerializer[IngestBatch]):
    """A batch that came in."""

    class Meta:
        model = IngestBatch
        fields = ("id", "route", "source_name", "received_at", "finished_at", "bytes", "accepted", "redelivered",
                  "conflicting", "refused", "left_out", "redactions")  # fmt: skip


class NewestTraces(CursorPage):
    """Newest first."""

    ordering = ("-occurred_at", "-id")


class NewestBatches(CursorPage):
    """Newest first."""

    ordering = ("-received_at", "-id")


class Oldest(CursorPage):
    """In the order of their numbers, last first."""

    ordering = "-id"


FILTERS = [OpenApiParameter(name, OpenApiTypes.STR) for name in (*PATHS, "state", "feedback")]


class Traces(ProjectAPI):
    """GET: traces, newest first, with the filters of the page."""

    verbs = {"GET": "trace.read"}

    @extend_schema(operation_id="traces_list", parameters=FILTERS, responses=TraceSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """One page."""
        found = filtered(Trace.objects.filter(project=self.project), request.query_params)
        return _page(
            request, self, found.select_related("current__curation"), NewestTraces(), TraceSerializer
        )


class TraceDetail(ProjectAPI):
    """GET: one trace with its current conversation in the normal form."""

    verbs = {"GET": "trace.read"}

    @extend_schema(operation_id="traces_read", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str, trace_id: str) -> Response:
        """The head, the conversation (null when it is not settled), and where it was redacted."""
        found = (
            Trace.objects.filter(project=self.project, pk=trace_id)
            .select_related("current__curation")
            .first()
        )
        if found is None:
            raise NotFound("trace_not_found", "There is no such trace in this project.")
        stored = load(found.current) if found.current else None
        body = {
            "conversation": stored.conversation if stored else None,
            "marks": stored.marks if stored else [],
        }
        return Response({**TraceSerializer(found).data, **body})


class TraceBatch(ProjectAPI):
    """POST: rows of any file format, JSON lines or a JSON array, gzipped or not. Rows that cannot be taken are listed."""

    verbs = {"POST": "trace.ingest", "GET": "trace.ingest"}
    parser_classes = [StreamParser]
    content_negotiation_class = AnswersInJson

    @extend_schema(
        operation_id="traces_batch",
        request={"application/x-ndjson": OpenApiTypes.STR},
        parameters=[
            OpenApiParameter("training_use", OpenApiTypes.STR, enum=TrainingUse.values),
            OpenApiParameter("format", OpenApiTypes.STR, enum=NAMES),
            OpenApiParameter("service", OpenApiTypes.STR),
        ],
        responses=ReportSerializer,
    )
    def post(self, request: Request, slug: str) -> Response:
        """200 after everything that can be taken is committed. Safe to repeat: every row is taken once.

        A refused format is 409; a token beyond its rate or quota, and a busy server, are 429 with Retry-After.
        """
        use = request.query_params.get("training_use", "")
        if use not in ("", *TrainingUse.values):
            raise serializers.ValidationError({"training_use": [f"One of: {', '.join(TrainingUse.values)}."]})
        sent: Any = request.data
        opened = self._opened(request, sent.get("stream") or BytesIO())
        service = request.query_params.get("service", "")
        rows = Metered(file_items(opened, place=PLACE, defaults=defaults_now(service)), self.who)
        try:
            with gate.enter():
                report = ingest_batch(
                    who=self.who, project=self.project, route=ROUTE, training_use=use, items=rows,
                    size=int(request.headers.get("Content-Length") or 0),
                )  # fmt: skip
        except (DatabaseFault, OSError) as error:
            rows.give_back()
            raise Unavailable(
                "storage_away", "The database is away; what was answered before is kept.",
                hint="Send the batch again in a moment. Rows that were taken are not taken twice.",
            ) from error  # fmt: skip
        except Busy as error:
            raise Throttled(wait=RETRY_SECONDS, detail=str(error)) from error
        except Limited as error:
            raise Throttled(wait=error.retry_after, detail=str(error)) from error
        return Response({**ReportSerializer(report).data, "format": opened.form.name})

    def _opened(self, request: Request, stream: BinaryIO) -> Opened:
        """Rows nobody recognises are read as records, which are strict: each is then refused with what is wrong."""
        form = request.query_params.get("format", AUTO)
        try:
            return open_file(stream, place=PLACE, form=form, limit=MAX_BATCH_BYTES, fallback=RECORD)
        except OSError as error:
            raise Unavailable(
                "body_cut", "The body ended before it was whole.", hint="Send it again."
            ) from error


class Batches(ProjectAPI):
    """GET: what came in, newest first."""

    verbs = {"GET": "trace.read"}

    @extend_schema(operation_id="ingest_batches_list", responses=BatchSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """One page."""
        found = IngestBatch.objects.filter(project=self.project)
        return _page(request, self, found, NewestBatches(), BatchSerializer)


class Refusals(ProjectAPI):
    """GET: refused rows with their reasons; `?code=` and `?batch=` narrow them."""

    verbs = {"GET": "trace.read"}

    @extend_schema(operation_id="refusals_list", responses=ProblemSerializer(many=True),
                   parameters=[OpenApiParameter("code", OpenApiTypes.STR), OpenApiParameter("batch", OpenApiTypes.UUID)])  # fmt: skip
    def get(self, request: Request, slug: str) -> Response:
        """One page."""
        names = {"code": "code", "batch": "batch_id"}
        narrowed = {
            path: request.query_params[name] for name, path in names.items() if name in request.query_params
        }
        found = Refusal.objects.filter(project=self.project, **narrowed)
        return _page(request, self, found, Oldest(), ProblemSerializer)


def _page(
    request: Request, view: ProjectAPI, rows: QuerySet[Any], pages: CursorPage, serializer: Any
) -> Response:
    page = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(serializer(page, many=True).data)
