"""Curation over the API: where everything stands, clusters, screenings, the quarantine, and the backlog."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from accounts.models import User
from core.api import CursorPage
from core.errors import NotFound
from curation.actions.backlog import REASONS, RESOLUTIONS, assign_item, open_item, resolve_item
from curation.actions.quarantine import SetFacts, publish_quarantine
from curation.actions.screening import current_quarantine
from curation.backlog import items
from curation.dedup.keep import choice_of
from curation.held_out_files import QuarantineEntry
from curation.models import BacklogItem, Cluster, ClusterMember, Screening, SetRole, Trace
from curation.pipeline import report_on

MEMBERS = 500
MOST_ITEMS = 5000


class CurationReportSerializer(serializers.Serializer[Any]):
    """Versions by outcome, clusters, and domains of what is kept."""

    counts = serializers.DictField(child=serializers.IntegerField())
    clusters = serializers.IntegerField()
    domains = serializers.DictField(child=serializers.IntegerField())
    embedded = serializers.BooleanField()


class MemberSerializer(serializers.ModelSerializer[ClusterMember]):
    """A version in a cluster."""

    trace = serializers.UUIDField(source="version.trace_id")
    question = serializers.CharField(source="version.prompt_preview")

    class Meta:
        model = ClusterMember
        fields = ("version", "trace", "question", "jaccard")


class ClusterSerializer(serializers.ModelSerializer[Cluster]):
    """A cluster of near-duplicates."""

    spec = serializers.CharField(source="spec.name")
    question = serializers.CharField(source="representative.prompt_preview")

    class Meta:
        model = Cluster
        fields = ("id", "representative", "question", "size", "view", "spec", "updated_at")


class ClusterDetailSerializer(ClusterSerializer):
    """With its members, the most similar first."""

    members = MemberSerializer(many=True)

    class Meta(ClusterSerializer.Meta):
        fields = (*ClusterSerializer.Meta.fields, "members")  # type: ignore[assignment]


class ScreeningSerializer(serializers.ModelSerializer[Screening]):
    """A verdict, and where the evidence lies."""

    quarantine = serializers.IntegerField(source="quarantine.number")
    item = serializers.CharField(source="item.external_id", default=None)
    set_name = serializers.CharField(source="item.set_name", default=None)

    class Meta:
        model = Screening
        fields = (
            "id",
            "content_hash",
            "version",
            "quarantine",
            "verdict",
            "set_name",
            "item",
            "evidence",
            "screened_at",
        )


class EntrySerializer(serializers.Serializer[Any]):
    """An item for the quarantine."""

    set_name = serializers.CharField(max_length=80)
    external_id = serializers.CharField(max_length=128)
    text = serializers.CharField(max_length=20_000, trim_whitespace=False)
    answer = serializers.CharField(
        max_length=20_000, trim_whitespace=False, required=False, default="", allow_blank=True
    )


class AdditionSerializer(serializers.Serializer[Any]):
    """Items to add, and why."""

    items = serializers.ListField(child=EntrySerializer(), allow_empty=False, max_length=MOST_ITEMS)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=400)
    role = serializers.ChoiceField(choices=SetRole.choices, required=False, default=SetRole.HELD_OUT)
    licence = serializers.CharField(required=False, default="", allow_blank=True, max_length=120)
    origin = serializers.CharField(required=False, default="", allow_blank=True, max_length=400)


class QuarantineSerializer(serializers.Serializer[Any]):
    """The version in force."""

    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    sets = serializers.DictField(child=serializers.IntegerField(), source="body.sets")
    note = serializers.CharField()
    created_at = serializers.DateTimeField()


class BacklogSerializer(serializers.ModelSerializer[BacklogItem]):
    """Something that needs work."""

    class Meta:
        model = BacklogItem
        fields = ("id", "trace", "version", "citation", "reason", "note", "owner", "opened_by", "opened_at", "state",
                  "resolution", "resolved_by", "resolved_at", "produced")  # fmt: skip


class OpeningSerializer(serializers.Serializer[Any]):
    """What needs work and why: a trace or a citation."""

    reason = serializers.ChoiceField(choices=sorted(REASONS))
    trace = serializers.UUIDField(required=False, allow_null=True, default=None)
    citation = serializers.CharField(required=False, allow_blank=True, default="", max_length=64)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)


class ChangeSerializer(serializers.Serializer[Any]):
    """A new owner, or how it ended."""

    owner = serializers.UUIDField(required=False, allow_null=True)
    resolution = serializers.ChoiceField(required=False, choices=sorted(RESOLUTIONS))
    produced = serializers.UUIDField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=400)


class _List(ProjectAPI):
    """A keyset page over one query."""

    serializer: type[serializers.BaseSerializer[Any]]
    ordering: str | tuple[str, ...] = "-id"

    def page(self, request: Request, found: QuerySet[Any]) -> Response:
        """The rows after the request's cursor."""
        paginator = CursorPage()
        paginator.ordering = self.ordering
        rows = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response(self.serializer(rows, many=True).data)


class Curation(ProjectAPI):
    """Where everything stands."""

    verbs = {"GET": "curation.read"}

    @extend_schema(responses=CurationReportSerializer, operation_id="curation_report")
    def get(self, request: Request, slug: str) -> Response:
        """Counts by outcome; they add up to `versions`."""
        return Response(CurationReportSerializer(report_on(self.project)).data)


class Clusters(_List):
    """Clusters of near-duplicates, the largest first."""

    verbs = {"GET": "curation.read"}
    serializer = ClusterSerializer
    ordering = ("-size", "id")

    @extend_schema(responses=ClusterSerializer(many=True), operation_id="curation_clusters")
    def get(self, request: Request, slug: str) -> Response:
        """Those of one view (`?view=prompt`), else of the view by which the project leaves duplicates out."""
        view = request.query_params.get("view") or choice_of(self.project.pk).dropping_view
        found = Cluster.objects.filter(project=self.project, view=view).select_related(
            "representative", "spec"
        )
        return self.page(request, found)


class ClusterDetail(ProjectAPI):
    """One cluster."""

    verbs = {"GET": "curation.read"}

    @extend_schema(responses=ClusterDetailSerializer, operation_id="curation_cluster")
    def get(self, request: Request, slug: str, cluster_id: int) -> Response:
        """With up to 500 members."""
        one = (
            Cluster.objects.filter(project=self.project, pk=cluster_id)
            .select_related("representative", "spec")
            .first()
        )
        if one is None:
            raise NotFound("cluster_not_found", "There is no such cluster in this project.")
        members = (
            ClusterMember.objects.filter(cluster=one).select_related("version").order_by("-jaccard", "pk")
        )
        data = ClusterSerializer(one).data | {"members": MemberSerializer(members[:MEMBERS], many=True).data}
        return Response(data)


class Screenings(_List):
    """Verdicts, newest first; `?verdict=hit` narrows them."""

    verbs = {"GET": "curation.read"}
    serializer = ScreeningSerializer

    @extend_schema(responses=ScreeningSerializer(many=True), operation_id="curation_screenings")
    def get(self, request: Request, slug: str) -> Response:
        """Of all quarantine versions."""
        found = Screening.objects.filter(project=self.project).select_related("quarantine", "item")
        verdict = request.query_params.get("verdict")
        return self.page(request, found.filter(verdict=verdict) if verdict else found)


class Quarantine(ProjectAPI):
    """The quarantine in force; adding items makes its next version."""

    verbs = {"GET": "curation.read", "POST": "curation.manage"}

    @extend_schema(responses=QuarantineSerializer, operation_id="curation_quarantine")
    def get(self, request: Request, slug: str) -> Response:
        """The current version."""
        return Response(QuarantineSerializer(current_quarantine(self.project)).data)

    @extend_schema(
        request=AdditionSerializer,
        responses={201: QuarantineSerializer},
        operation_id="curation_quarantine_add",
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add items; those already there under their set and id stay as they are."""
        given = AdditionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        entries = [QuarantineEntry(**one) for one in given.validated_data["items"]]
        said = given.validated_data
        facts = SetFacts(said["role"], said["licence"], said["origin"])
        version = publish_quarantine(
            who=self.who, project=self.project, items=entries, note=said["note"], facts=facts
        )
        return Response(QuarantineSerializer(version).data, status=201)


class Backlog(_List):
    """What needs work, newest first; `?state=resolved` and `?reason=` narrow it."""

    verbs = {"GET": "backlog.read", "POST": "backlog.open"}
    serializer = BacklogSerializer
    ordering = ("-opened_at", "id")

    @extend_schema(responses=BacklogSerializer(many=True), operation_id="backlog_list")
    def get(self, request: Request, slug: str) -> Response:
        """Open items unless asked otherwise."""
        params = request.query_params
        found = items(self.project, state=params.get("state", "open"), reason=params.get("reason", ""))
        return self.page(request, found)

    @extend_schema(request=OpeningSerializer, responses={201: BacklogSerializer}, operation_id="backlog_open")
    def post(self, request: Request, slug: str) -> Response:
        """Open an item; the one already open for this reason on this target is returned instead."""
        given = OpeningSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields = given.validated_data
        trace = None
        if fields["trace"] is not None:
            trace = (
                Trace.objects.filter(project=self.project, pk=fields["trace"])
                .select_related("current")
                .first()
            )
            if trace is None:
                raise NotFound("trace_not_found", "There is no such trace in this project.")
        item = open_item(
            who=self.who, project=self.project, reason=fields["reason"], trace=trace, citation=fields["citation"],
            note=fields["note"],
        )  # fmt: skip
        return Response(BacklogSerializer(item).data, status=201)


class BacklogDetail(ProjectAPI):
    """One item."""

    verbs = {"GET": "backlog.read", "PATCH": "backlog.manage"}

    @extend_schema(responses=BacklogSerializer, operation_id="backlog_item")
    def get(self, request: Request, slug: str, item_id: str) -> Response:
        """As it stands."""
        return Response(BacklogSerializer(self._find(item_id)).data)

    @extend_schema(request=ChangeSerializer, responses=BacklogSerializer, operation_id="backlog_change")
    def patch(self, request: Request, slug: str, item_id: str) -> Response:
        """Give it an owner, or resolve it."""
        given = ChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields, item = given.validated_data, self._find(item_id)
        if "owner" in fields:
            members = User.objects.filter(memberships__project=self.project)
            owner = members.filter(pk=fields["owner"]).first() if fields["owner"] else None
            if fields["owner"] and owner is None:
                raise NotFound("owner_not_found", "There is no such member of this project.")
            item = assign_item(who=self.who, item=item, owner=owner)
        if "resolution" in fields:
            item = resolve_item(
                who=self.who,
                item=item,
                resolution=fields["resolution"],
                produced=fields["produced"],
                note=fields["note"],
            )
        return Response(BacklogSerializer(item).data)

    def _find(self, item_id: str) -> BacklogItem:
        item = BacklogItem.objects.filter(project=self.project, pk=item_id).select_related("project").first()
        if item is None:
            raise NotFound("item_not_found", "There is no such item on this project's backlog.")
        return item
