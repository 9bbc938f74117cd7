"""Agentic health over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.errors import NotFound
from curation.health.report import health


class EstimateSerializer(serializers.Serializer[Any]):
    """A value with its 95 % interval, from n conversations."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()


class GroupSerializer(serializers.Serializer[Any]):
    """One group."""

    name = serializers.CharField()
    estimate = EstimateSerializer()


class HealthSerializer(serializers.Serializer[Any]):
    """Shares of conversations that ended well (Wilson), and hedges per 1,000 words of English answers (bootstrap)."""

    since = serializers.DateField()
    until = serializers.DateField()
    conversations = serializers.IntegerField()
    cut = serializers.BooleanField()
    success = EstimateSerializer()
    recovered = serializers.IntegerField()
    by_depth = GroupSerializer(many=True)
    by_fan_out = GroupSerializer(many=True)
    by_trouble = GroupSerializer(many=True)
    by_service = GroupSerializer(many=True)
    by_release = GroupSerializer(many=True)
    by_day = GroupSerializer(many=True)
    hedges = EstimateSerializer()
    hedges_by_service = GroupSerializer(many=True)
    hedges_by_release = GroupSerializer(many=True)
    hedges_by_day = GroupSerializer(many=True)


class AgenticHealth(ProjectAPI):
    """GET: how conversations of the last 30 days with traffic went; `?service=` and `?release=` narrow it."""

    verbs = {"GET": "curation.read"}

    @extend_schema(operation_id="curation_health", responses=HealthSerializer,
                   parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in ("service", "release")])  # fmt: skip
    def get(self, request: Request, slug: str) -> Response:
        """The newest 50,000 at most; `cut` says that there were more."""
        params = request.query_params
        found = health(self.project, service=params.get("service", ""), release=params.get("release", ""))
        if found is None:
            raise NotFound(
                "nothing_measured",
                "Nothing was measured yet.",
                hint="Conversations are measured as curation reads them.",
            )
        return Response(HealthSerializer(found).data)
