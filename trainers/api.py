"""Runs, their metrics and artifacts, and models under /api/v1/projects/<slug>/."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core import storage
from core.api import CursorPage
from core.errors import NotFound
from trainers import serializers as s
from trainers.actions.cancel_run import cancel_run, resume_run
from trainers.actions.launch_run import launch_run
from trainers.models import Artifact, Metric, ModelVersion, Run
from trainers.queries import models_of, runs_of

METRICS_AT_ONCE = 5_000


class RunPart(ProjectAPI):
    """An endpoint below one run."""

    verbs = {"GET": "run.read"}

    def run_of(self, run_id: uuid.UUID) -> Run:
        """The run, if this project has it."""
        run = runs_of(self.project).filter(pk=run_id).first()
        if run is None:
            raise NotFound("run_not_found", _("There is no such run in this project."))
        return run


class Runs(ProjectAPI):
    """Training runs."""

    verbs = {"GET": "run.read", "POST": "run.launch"}

    @extend_schema(responses=s.RunOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List runs, newest first."""
        return _page(self, request, runs_of(self.project), s.RunOut)

    @extend_schema(request=s.LaunchIn, responses={201: s.RunOut})
    def post(self, request: Request, slug: str) -> Response:
        """Launch a run. The same launch while it lives answers with the same run."""
        data = s.LaunchIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        run = launch_run(
            who=self.who,
            project=self.project,
            approval_id=given["approval"],
            recipe=given["recipe"],
            parent_id=given.get("parent"),
            reference_id=given.get("reference"),
            seed=given["seed"],
            overrides=given.get("parameters"),
        )
        return Response(s.RunOut(run).data, status=status.HTTP_201_CREATED)


class RunDetail(RunPart):
    """One run."""

    @extend_schema(responses=s.RunOut)
    def get(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        """State, progress, parameters and results."""
        return Response(s.RunOut(self.run_of(run_id)).data)


class RunCancel(ProjectAPI):
    """Stop a run."""

    verbs = {"GET": "run.read", "POST": "run.cancel"}

    @extend_schema(request=None, responses=s.RunOut)
    def post(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        """Ask it to stop; it saves a checkpoint first."""
        return Response(s.RunOut(cancel_run(who=self.who, project=self.project, run_id=run_id)).data)


class RunResume(ProjectAPI):
    """Take a stopped run up again."""

    verbs = {"GET": "run.read", "POST": "run.launch"}

    @extend_schema(request=None, responses=s.RunOut)
    def post(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        """Queue another attempt from the last checkpoint."""
        return Response(s.RunOut(resume_run(who=self.who, project=self.project, run_id=run_id)).data)


class RunMetrics(RunPart):
    """Numbers of one run."""

    @extend_schema(
        parameters=[OpenApiParameter("name", str), OpenApiParameter("after_step", int)],
        responses=s.MetricOut(many=True),
    )
    def get(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        """Metrics in step order; `after_step` gives only what is new."""
        found = Metric.objects.filter(run=self.run_of(run_id))
        if name := request.query_params.get("name"):
            found = found.filter(name=name)
        after = request.query_params.get("after_step", "")
        if after.isascii() and after.isdigit():
            found = found.filter(step__gt=int(after))
        return Response(s.MetricOut(found.order_by("step", "name")[:METRICS_AT_ONCE], many=True).data)


class RunArtifacts(RunPart):
    """Files of one run."""

    @extend_schema(responses=s.ArtifactOut(many=True))
    def get(self, request: Request, slug: str, run_id: uuid.UUID) -> Response:
        """What the run published, each file with its sha256."""
        found = Artifact.objects.filter(run=self.run_of(run_id)).order_by("path")
        return Response(s.ArtifactOut(found, many=True).data)


class ArtifactFile(ProjectAPI):
    """The bytes of a file."""

    verbs = {"GET": "model.read"}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, artifact_id: int) -> HttpResponse:
        """Download, the hash checked on the way out."""
        found = Artifact.objects.filter(run__project=self.project, pk=artifact_id).first()
        if found is None:
            raise NotFound("artifact_not_found", _("There is no such file in this project."))
        return HttpResponse(storage.get(found.sha256), content_type="application/octet-stream")


class Models(ProjectAPI):
    """Model versions."""

    verbs = {"GET": "model.read"}

    @extend_schema(responses=s.ModelOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List models, newest first."""
        return _page(self, request, models_of(self.project), s.ModelOut)


class ModelDetail(ProjectAPI):
    """One model version."""

    verbs = {"GET": "model.read"}

    @extend_schema(responses=s.ModelOut)
    def get(self, request: Request, slug: str, model_id: uuid.UUID) -> Response:
        """The model with its card."""
        found: ModelVersion | None = models_of(self.project).filter(pk=model_id).first()
        if found is None:
            raise NotFound("model_not_found", _("There is no such model in this project."))
        return Response(s.ModelOut(found).data)


def _page(view: ProjectAPI, request: Request, found: Any, serializer: Any) -> Response:
    pages = CursorPage()
    rows: Any = pages.paginate_queryset(found, request, view=view)
    return pages.get_paginated_response(serializer(rows, many=True).data)
