"""Recipes over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.api import CursorPage
from core.errors import NotFound
from curation.actions.recipe import VERB, run_recipe, save_recipe
from curation.models import AssetVersion
from curation.models.assets import AssetKind
from curation.recipes.run import recipe_of
from curation.recipes.spec import differences


class RecipeIn(serializers.Serializer[Any]):
    """The next version of a name; the parameters are checked one by one, and what is not given has its default."""

    name = serializers.CharField(max_length=80)
    recipe = serializers.JSONField()
    note = serializers.CharField(max_length=400, required=False, default="", allow_blank=True)


class RecipeOut(serializers.ModelSerializer[AssetVersion]):
    """An immutable version; `sha256` is that of the canonical JSON (RFC 8785) of `recipe`."""

    name = serializers.CharField(source="asset.name")
    recipe = serializers.JSONField(source="body")

    class Meta:
        model = AssetVersion
        fields = ("id", "name", "number", "sha256", "recipe", "note", "created_by", "created_at")


class DifferenceOut(serializers.Serializer[Any]):
    """One parameter that differs."""

    parameter = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ChoiceOut(serializers.Serializer[Any]):
    """What a recipe chooses now. `moved` names governing versions that are others than when it was saved."""

    fingerprint = serializers.CharField()
    versions = serializers.ListField(child=serializers.UUIDField())
    left_out = serializers.DictField(child=serializers.IntegerField())
    moved = serializers.ListField(child=serializers.ListField())


class NewestRecipes(CursorPage):
    """Newest first."""

    ordering = "-id"


class _Recipes(ProjectAPI):
    def find(self, version_id: int) -> AssetVersion:
        """A version of this project."""
        found = AssetVersion.objects.filter(project=self.project, asset__kind=AssetKind.RECIPE, pk=version_id)
        version = found.select_related("asset", "project").first()
        if version is None:
            raise NotFound("recipe_not_found", "There is no such recipe in this project.")
        return version


class Recipes(_Recipes):
    """GET: every version of every recipe, newest first. POST: the next version of a name."""

    verbs = {"GET": "curation.read", "POST": VERB}

    @extend_schema(operation_id="recipes_list", responses=RecipeOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """One page."""
        found = AssetVersion.objects.filter(
            project=self.project, asset__kind=AssetKind.RECIPE
        ).select_related("asset")
        pages = NewestRecipes()
        return pages.get_paginated_response(
            RecipeOut(pages.paginate_queryset(found, request, view=self), many=True).data
        )

    @extend_schema(operation_id="recipes_save", request=RecipeIn, responses={201: RecipeOut})
    def post(self, request: Request, slug: str) -> Response:
        """A recipe like the newest version under the same governing versions is that version."""
        given = RecipeIn(data=request.data)
        given.is_valid(raise_exception=True)
        if not isinstance(given.validated_data["recipe"], dict):
            raise serializers.ValidationError({"recipe": ["An object."]})
        version = save_recipe(who=self.who, project=self.project, **given.validated_data)
        return Response(RecipeOut(version).data, status=201)


class RecipeVersion(_Recipes):
    """GET: one version."""

    verbs = {"GET": "curation.read"}

    @extend_schema(operation_id="recipes_read", responses=RecipeOut)
    def get(self, request: Request, slug: str, version_id: int) -> Response:
        """As it was saved."""
        return Response(RecipeOut(self.find(version_id)).data)


class RecipeDiff(_Recipes):
    """GET: what differs between two versions."""

    verbs = {"GET": "curation.read"}

    @extend_schema(operation_id="recipes_diff", responses=DifferenceOut(many=True))
    def get(self, request: Request, slug: str, version_id: int, other_id: int) -> Response:
        """Parameter by parameter, from the first to the second."""
        found = differences(recipe_of(self.find(version_id)), recipe_of(self.find(other_id)))
        return Response(
            [{"parameter": name, "before": before, "after": after} for name, before, after in found]
        )


class RecipeChoice(_Recipes):
    """POST: make the choice as the data is now."""

    verbs = {"POST": VERB}

    @extend_schema(operation_id="recipes_choose", request=OpenApiTypes.NONE, responses=ChoiceOut)
    def post(self, request: Request, slug: str, version_id: int) -> Response:
        """The same data gives the same versions in the same order, under the same fingerprint; the run is recorded."""
        made, _run = run_recipe(who=self.who, version=self.find(version_id))
        return Response(ChoiceOut({
            "fingerprint": made.choice.fingerprint, "versions": made.versions, "left_out": dict(made.choice.left_out),
            "moved": [list(one) for one in made.moved],
        }).data)  # fmt: skip
