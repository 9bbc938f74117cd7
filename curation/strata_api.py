"""Strata over the API: the taxonomy, labels, checks, calibration, quotas and the draw, and hard negatives."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.api import CursorPage
from core.errors import NotFound, Refused
from curation.actions.calibrate_difficulty import calibrate_difficulty
from curation.actions.edit_taxonomy import add_domain, merge_domains, remove_domain, rename_domain
from curation.actions.label import AXES, correct_label
from curation.actions.learn_domains import learn_when_due
from curation.actions.mine_hard_negatives import PER_STRATUM, ask_to_mine
from curation.actions.set_checks import set_checks
from curation.actions.set_quotas import set_quotas
from curation.actions.taxonomy import taxonomy_version
from curation.checks import project_checks
from curation.difficulty_levels import calibration_version
from curation.domains import domain_rows
from curation.models import ConversationVersion, HardNegative
from curation.quota_board import draw_sample, quota_version, read_quotas
from curation.sampling import AXES as STRATUM_AXES
from curation.sampling import USUAL_AXES, Sample
from curation.validators.policy import Effect

EDITS = ("rename", "merge", "add", "remove")
MOST_KEYS = 10_000


class DomainSerializer(serializers.Serializer[Any]):
    """A domain and how many kept conversations lie in it."""

    name = serializers.CharField()
    count = serializers.IntegerField()


class TaxonomySerializer(serializers.Serializer[Any]):
    """The version in force; `report` is what the last lesson said on labels that were held out."""

    number = serializers.IntegerField(allow_null=True)
    domains = DomainSerializer(many=True)
    report = serializers.DictField(allow_null=True)


class EditSerializer(serializers.Serializer[Any]):
    """One edit: rename (name, new), merge (names, new), add (name, phrases), remove (name)."""

    edit = serializers.ChoiceField(choices=EDITS)
    name = serializers.CharField(required=False, default="", allow_blank=True)
    new = serializers.CharField(required=False, default="", allow_blank=True)
    names = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    phrases = serializers.ListField(child=serializers.CharField(), required=False, default=list)


class LabelSerializer(serializers.Serializer[Any]):
    """A person's word on one axis of one conversation version."""

    version = serializers.UUIDField()
    axis = serializers.ChoiceField(choices=sorted(AXES))
    value = serializers.CharField(max_length=80)


class ChecksSerializer(serializers.Serializer[Any]):
    """What each validator does: drop, flag or off."""

    number = serializers.IntegerField(read_only=True)
    effects = serializers.DictField(child=serializers.ChoiceField(choices=[one.value for one in Effect]))
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=400, write_only=True
    )


class CalibrationSerializer(serializers.Serializer[Any]):
    """The last calibration: figures, cutoffs and the bins of its reliability plot; `calibrated` false says `why`."""

    number = serializers.IntegerField()
    body = serializers.DictField()


class QuotasSerializer(serializers.Serializer[Any]):
    """`total` rows in proportion to `weights` over strata, named by their value on each of `axes`, in that order."""

    total = serializers.IntegerField(min_value=0)
    weights = serializers.DictField(child=serializers.FloatField(min_value=0))
    axes = serializers.ListField(
        child=serializers.ChoiceField(choices=STRATUM_AXES), required=False, default=list(USUAL_AXES)
    )
    seed = serializers.IntegerField(required=False, default=0)
    fill = serializers.BooleanField(required=False, default=False)
    per_cluster = serializers.IntegerField(required=False, default=1, min_value=1)
    per_template = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)


class GivenSerializer(serializers.Serializer[Any]):
    """One line of the shortfall report."""

    stratum = serializers.CharField()
    asked = serializers.IntegerField()
    available = serializers.IntegerField()
    given = serializers.IntegerField()
    why = serializers.CharField()


class SampleSerializer(serializers.Serializer[Any]):
    """The report, and the ids of the drawn versions (the first 10,000)."""

    given = serializers.IntegerField()
    short = serializers.IntegerField()
    report = GivenSerializer(many=True)
    versions = serializers.ListField(child=serializers.CharField())


class HardNegativeSerializer(serializers.ModelSerializer[HardNegative]):
    """An answer that is wrong for `prompt`, the rule and its proof."""

    class Meta:
        model = HardNegative
        fields = ("id", "rule", "prompt", "negative", "positive", "margin", "stratum", "evidence", "made_at")


class MineSerializer(serializers.Serializer[Any]):
    """The caps of a run."""

    per_stratum = serializers.IntegerField(
        required=False, default=PER_STRATUM, min_value=1, max_value=100_000
    )
    seed = serializers.IntegerField(required=False, default=0)


class JobSerializer(serializers.Serializer[Any]):
    """The job that does it."""

    job = serializers.UUIDField()


class Taxonomy(ProjectAPI):
    """The domains of a project."""

    verbs = {"GET": "curation.read", "POST": "curation.manage"}

    @extend_schema(responses=TaxonomySerializer, operation_id="taxonomy")
    def get(self, request: Request, slug: str) -> Response:
        """Those in force with their sizes."""
        return Response(self._data())

    @extend_schema(request=EditSerializer, responses={201: TaxonomySerializer}, operation_id="taxonomy_edit")
    def post(self, request: Request, slug: str) -> Response:
        """Make the next version by one edit."""
        given = EditSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said, who, project = given.validated_data, self.who, self.project
        if said["edit"] == "rename":
            rename_domain(who=who, project=project, name=said["name"], new=said["new"])
        elif said["edit"] == "merge":
            merge_domains(who=who, project=project, names=said["names"], into=said["new"])
        elif said["edit"] == "add":
            add_domain(who=who, project=project, name=said["name"], phrases=said["phrases"])
        else:
            remove_domain(who=who, project=project, name=said["name"])
        return Response(self._data(), status=201)

    def _data(self) -> dict[str, Any]:
        version = taxonomy_version(self.project)
        rows = domain_rows(self.project, version)
        return {
            "number": version.number if version else None,
            "domains": [{"name": row.name, "count": row.count} for row in rows],
            "report": version.body.get("report") if version else None,
        }


class Labels(ProjectAPI):
    """Corrections of labels."""

    verbs = {"POST": "curation.manage"}

    @extend_schema(request=LabelSerializer, responses={201: LabelSerializer}, operation_id="label_correct")
    def post(self, request: Request, slug: str) -> Response:
        """Append a revision under one's name; enough domains start a lesson."""
        given = LabelSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        version = ConversationVersion.objects.filter(project=self.project, pk=said["version"]).first()
        if version is None:
            raise NotFound("version_not_found", "There is no such conversation in this project.")
        correct_label(who=self.who, version=version, axis=said["axis"], value=said["value"])
        if said["axis"] == "domain":
            learn_when_due(self.project)
        return Response(LabelSerializer(said).data, status=201)


class CheckChoice(ProjectAPI):
    """What the validators do."""

    verbs = {"GET": "curation.read", "POST": "curation.manage"}

    @extend_schema(responses=ChecksSerializer, operation_id="checks")
    def get(self, request: Request, slug: str) -> Response:
        """The choice in force."""
        held = project_checks(self.project)
        return Response({"number": held.number, "effects": held.policy.as_data()})

    @extend_schema(request=ChecksSerializer, responses={201: ChecksSerializer}, operation_id="checks_set")
    def post(self, request: Request, slug: str) -> Response:
        """The next version; validators that are not named keep their effect."""
        given = ChecksSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        set_checks(who=self.who, project=self.project, **given.validated_data)
        return Response(
            {
                "number": project_checks(self.project).number,
                "effects": project_checks(self.project).policy.as_data(),
            },
            status=201,
        )


class Difficulty(ProjectAPI):
    """How difficulty is calibrated."""

    verbs = {"GET": "curation.read", "POST": "curation.manage"}

    @extend_schema(responses=CalibrationSerializer, operation_id="difficulty")
    def get(self, request: Request, slug: str) -> Response:
        """The last calibration."""
        version = calibration_version(self.project.pk)
        if version is None:
            raise NotFound("not_calibrated", "Nobody has calibrated yet; the documented weights hold.")
        return Response({"number": version.number, "body": version.body})

    @extend_schema(request=None, responses={201: CalibrationSerializer}, operation_id="difficulty_calibrate")
    def post(self, request: Request, slug: str) -> Response:
        """Calibrate on what has happened until now."""
        version = calibrate_difficulty(project=self.project, who=self.who)
        return Response({"number": version.number, "body": version.body}, status=201)


class QuotasInForce(ProjectAPI):
    """How much of each stratum the project wants."""

    verbs = {"GET": "curation.read", "POST": "curation.manage"}

    @extend_schema(responses=SampleSerializer, operation_id="quotas")
    def get(self, request: Request, slug: str) -> Response:
        """What the quotas in force would draw now."""
        version = quota_version(self.project)
        if version is None:
            raise NotFound("no_quotas", "This project has no quotas; POST sets them.")
        return Response(sample_data(draw_sample(self.project, read_quotas(version.body))))

    @extend_schema(request=QuotasSerializer, responses={201: SampleSerializer}, operation_id="quotas_set")
    def post(self, request: Request, slug: str) -> Response:
        """The next version, and what it would draw."""
        given = QuotasSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = set_quotas(who=self.who, project=self.project, data=given.validated_data)
        return Response(sample_data(draw_sample(self.project, read_quotas(version.body))), status=201)


class Draw(ProjectAPI):
    """A draw under other quotas than those in force."""

    verbs = {"POST": "curation.manage"}

    @extend_schema(request=QuotasSerializer, responses=SampleSerializer, operation_id="quotas_draw")
    def post(self, request: Request, slug: str) -> Response:
        """Asked, available and given, and which; nothing is written."""
        given = QuotasSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            quotas = read_quotas(given.validated_data)
        except (ValueError, OverflowError) as error:
            raise Refused("bad_quotas", str(error)) from error
        return Response(sample_data(draw_sample(self.project, quotas)))


class HardNegatives(ProjectAPI):
    """Answers proved wrong, and near misses."""

    verbs = {"GET": "curation.read", "POST": "curation.manage"}

    @extend_schema(responses=HardNegativeSerializer(many=True), operation_id="hard_negatives")
    def get(self, request: Request, slug: str) -> Response:
        """Newest first; `?rule=` and `?stratum=` narrow them."""
        found: QuerySet[HardNegative] = HardNegative.objects.filter(project=self.project)
        for name in ("rule", "stratum"):
            if value := request.query_params.get(name):
                found = found.filter(**{name: value})
        paginator = CursorPage()
        paginator.ordering = "-id"
        rows = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response(HardNegativeSerializer(rows, many=True).data)

    @extend_schema(request=MineSerializer, responses={202: JobSerializer}, operation_id="hard_negatives_mine")
    def post(self, request: Request, slug: str) -> Response:
        """Look for more in the background."""
        given = MineSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        job = ask_to_mine(who=self.who, project=self.project, **given.validated_data)
        return Response({"job": str(job.pk)}, status=202)


def sample_data(drawn: Sample) -> dict[str, Any]:
    """A sample as JSON."""
    return {
        "given": len(drawn.chosen),
        "short": drawn.short,
        "report": [
            {"stratum": one.stratum, "asked": one.asked, "available": one.available, "given": one.given, "why": one.why.value}
            for one in drawn.report
        ],
        "versions": [one.key for one in drawn.chosen[:MOST_KEYS]],
    }  # fmt: skip
