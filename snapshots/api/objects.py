"""Selections, snapshots, their rows and files."""

import uuid
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.api import CursorPage
from core.errors import NotFound, Refused
from curation.actions.screening import current_quarantine
from snapshots import serializers as s
from snapshots.actions.build_snapshot import build_snapshot
from snapshots.actions.create_selection import create_selection
from snapshots.actions.export import export_jsonl, export_shard
from snapshots.actions.verify_snapshot import as_data, verify_snapshot
from snapshots.build.compose import preview
from snapshots.build.materialise import current_shards
from snapshots.models import Selection, Snapshot, SnapshotRow
from snapshots.preference_lines import Shape, Ties
from snapshots.proofs import proof_of
from snapshots.queries import find_row, find_snapshot, with_standing
from snapshots.samples import shown
from snapshots.selection import BadSpec, parse_spec


class NewestFirst(CursorPage):
    """By number: unique, so no row is ever skipped."""

    ordering = "-number"


class InLeafOrder(CursorPage):
    """Rows as they lie under the root."""

    ordering = "position"


class Selections(ProjectAPI):
    """Choices of rows."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.create"}

    @extend_schema(responses=s.SelectionOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List selections, newest first."""
        pages = CursorPage()
        found = pages.paginate_queryset(Selection.objects.filter(project=self.project), request, self)
        return pages.get_paginated_response(s.SelectionOut(found or [], many=True).data)

    @extend_schema(request=s.SelectionIn, responses={201: s.SelectionOut})
    def post(self, request: Request, slug: str) -> Response:
        """Fix the parameters of a choice."""
        data = s.SelectionIn(data=request.data)
        data.is_valid(raise_exception=True)
        selection = create_selection(who=self.who, project=self.project, **_checked(data.validated_data))
        return Response(s.SelectionOut(selection).data, status=status.HTTP_201_CREATED)


class Preview(ProjectAPI):
    """What a spec would give."""

    verbs = {"GET": "snapshot.create", "POST": "snapshot.create"}

    @extend_schema(request=OpenApiTypes.OBJECT, responses=s.PreviewOut)
    def post(self, request: Request, slug: str) -> Response:
        """Count without building; the body is the spec itself."""
        try:
            spec = parse_spec(request.data if isinstance(request.data, dict) else {})
        except BadSpec as bad:
            raise Refused("bad_selection", str(bad), field=bad.field) from bad
        tally = preview(self.project, spec, current_quarantine(self.project))
        return Response(s.PreviewOut(tally.as_counts()).data)


class Snapshots(ProjectAPI):
    """Sealed datasets and those in the making."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.create"}

    @extend_schema(responses=s.SnapshotOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List snapshots, newest first."""
        pages = NewestFirst()
        found = with_standing(Snapshot.objects.filter(project=self.project))
        page = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(s.SnapshotOut(page or [], many=True).data)

    @extend_schema(request=s.SnapshotIn, responses={202: s.SnapshotOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start building from a selection; poll the snapshot until it is sealed or failed."""
        data = s.SnapshotIn(data=request.data)
        data.is_valid(raise_exception=True)
        selection = Selection.objects.filter(
            project=self.project, pk=data.validated_data["selection"]
        ).first()
        if selection is None:
            raise NotFound("selection_not_found", "There is no such selection in this project.")
        built = build_snapshot(who=self.who, project=self.project, selection=selection)
        body = s.SnapshotOut(find_snapshot(self.project, built.pk)).data
        return Response(body, status=status.HTTP_202_ACCEPTED)


class OneSnapshot(ProjectAPI):
    """One snapshot."""

    verbs = {"GET": "snapshot.read"}

    @extend_schema(responses=s.SnapshotOut)
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> Response:
        """State, root and counts."""
        return Response(s.SnapshotOut(find_snapshot(self.project, snapshot_id)).data)


class Manifest(ProjectAPI):
    """The manifest of a sealed snapshot."""

    verbs = {"GET": "snapshot.read"}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> Response:
        """Everything the snapshot says about itself."""
        return Response(find_snapshot(self.project, snapshot_id).manifest)


class Verify(ProjectAPI):
    """Checks of a sealed snapshot."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.read"}

    @extend_schema(request=None, responses=s.FindingOut(many=True))
    def post(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> Response:
        """Run every check now."""
        verdict = verify_snapshot(who=self.who, snapshot=find_snapshot(self.project, snapshot_id))
        return Response(s.FindingOut(as_data(verdict), many=True).data)


class Rows(ProjectAPI):
    """Rows of a snapshot."""

    verbs = {"GET": "snapshot.read"}

    @extend_schema(responses=s.RowOut(many=True))
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> Response:
        """List rows in leaf order."""
        pages = InLeafOrder()
        snapshot = find_snapshot(self.project, snapshot_id)
        page = pages.paginate_queryset(SnapshotRow.objects.filter(snapshot=snapshot), request, self)
        return pages.get_paginated_response(s.RowOut(page or [], many=True).data)


class OneRow(ProjectAPI):
    """One row."""

    verbs = {"GET": "snapshot.read"}

    @extend_schema(responses=s.RowFull)
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID, leaf: str) -> Response:
        """Text, lineage and proof of inclusion."""
        snapshot = find_snapshot(self.project, snapshot_id)
        row = find_row(snapshot, leaf)
        body = {
            "row": row,
            "body": shown(row).body,
            "proof": proof_of(snapshot, row),
            "root": snapshot.root or "",
        }
        return Response(s.RowFull(body).data)


class Files(ProjectAPI):
    """Files of the newest materialisation."""

    verbs = {"GET": "snapshot.read"}

    @extend_schema(responses=s.ShardOut(many=True))
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> Response:
        """List files with their sha256."""
        shards = current_shards(find_snapshot(self.project, snapshot_id))
        return Response(s.ShardOut(shards, many=True).data)


class OneFile(ProjectAPI):
    """One Parquet file."""

    verbs = {"GET": "snapshot.export"}

    @extend_schema(responses={(200, "application/vnd.apache.parquet"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID, name: str) -> HttpResponseBase:
        """The sealed bytes."""
        data = export_shard(who=self.who, snapshot=find_snapshot(self.project, snapshot_id), name=name)
        return HttpResponse(data, content_type="application/vnd.apache.parquet")


class Lines(ProjectAPI):
    """Rows as JSON lines."""

    verbs = {"GET": "snapshot.export"}

    @extend_schema(responses={(200, "application/x-ndjson"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> HttpResponseBase:
        """The shapes TRL reads; ?split=, ?lineage=1, and of preferences ?ties=, ?shape= and ?voters=1."""
        lines = export_jsonl(
            who=self.who,
            snapshot=find_snapshot(self.project, snapshot_id),
            split=request.query_params.get("split", ""),
            lineage=request.query_params.get("lineage") == "1",
            ties=request.query_params.get("ties", Ties.DROP),
            shape=request.query_params.get("shape", Shape.PAIRED),
            pseudonyms=request.query_params.get("voters") == "1",
        )
        return StreamingHttpResponse(lines, content_type="application/x-ndjson")


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(data["spec"], dict):
        raise Refused("bad_selection", "spec: is a JSON object", field="spec")
    return data
