"""Annotation for machines: the same claims, answers and numbers as on the pages, through the same actions."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from accounts.models import ApiToken, User
from accounts.permissions import may

from . import next_item
from .actions.claim import claim
from .actions.give_back import flag, release, skip
from .actions.leases import heartbeat
from .actions.repair import submit_repair
from .actions.submit import Submitted, submit_judgment
from .board import read_board
from .choices import RepairChoice, Shown
from .models import AutomaticTie, Campaign
from .quality.latest import latest_report
from .serializers import (
    AssignmentOut,
    CampaignSerializer,
    ClaimIn,
    EndIn,
    JudgmentIn,
    KeptOut,
    LeaseSerializer,
    RepairIn,
    StatisticsOut,
    SubmittedOut,
)
from .shown import marks_of, shown_blind
from .spans import spans_from
from .views.forms_in import BadField

KEY = OpenApiParameter("Idempotency-Key", UUID, OpenApiParameter.HEADER, required=True)


class AnnotationAPI(ProjectAPI):
    """What the endpoints of annotators share."""

    verbs = {"GET": "annotation.judge", "POST": "annotation.judge"}

    @property
    def person(self) -> User:
        """Votes are a person's: a token acts as its owner."""
        return self.who.owner if isinstance(self.who, ApiToken) else self.who

    def read(self, serializer: type[Any], request: Request) -> dict[str, Any]:
        """The checked body."""
        found = serializer(data=request.data)
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)

    def key(self, request: Request) -> UUID:
        """The Idempotency-Key header; an answer without one could be counted twice after a lost reply."""
        try:
            return UUID(request.headers.get("Idempotency-Key", ""))
        except ValueError as error:
            raise BadField(
                "idempotency_key_needed", _("Send an Idempotency-Key header with a UUID of your own.")
            ) from error


def _submitted(done: Submitted) -> Response:
    found = {"judgment": done.judgment.pk, "how": done.how, "spans": marks_of(done.judgment)}
    body = SubmittedOut(found).data
    return Response(body, status=200 if done.how == "again" else 201)


class CampaignsAPI(ListAPIView[Campaign], ProjectAPI):
    """The project's campaigns, newest first."""

    verbs = {"GET": "annotation.read"}
    serializer_class = CampaignSerializer

    def get_queryset(self) -> QuerySet[Campaign]:
        """Of this project only."""
        return Campaign.objects.filter(project=self.project)


class ClaimAPI(AnnotationAPI):
    """Take the next item of a campaign."""

    @extend_schema(request=ClaimIn, responses={200: AssignmentOut, 204: None})
    def post(self, request: Request, slug: str, campaign_id: UUID) -> Response:
        """200 with an item under a lease, 204 when nothing is free for this person."""
        campaign = next_item.chosen_campaign(self.project, str(campaign_id))
        assert campaign is not None
        besides = self.read(ClaimIn, request)["besides"]
        found = claim(who=self.person, campaign=campaign, besides=besides)
        return Response(shown_blind(found)) if found else Response(status=204)


class JudgmentsAPI(AnnotationAPI):
    """Submit a judgment of a pair."""

    @extend_schema(request=JudgmentIn, responses={201: SubmittedOut, 200: SubmittedOut}, parameters=[KEY])
    def post(self, request: Request, slug: str) -> Response:
        """201 for a new vote; the same key again gives the same answer, or 200 once that answer is no longer kept."""
        body = self.read(JudgmentIn, request)
        return _submitted(
            submit_judgment(
                who=self.person,
                project=self.project,
                assignment_id=body["assignment"],
                lease_token=body["lease_token"],
                key=self.key(request),
                shown=Shown(body["choice"]),
                tags=body["tags"],
                rationale=body["rationale"],
                active_ms=body["active_ms"],
                spans=spans_from([dict(one) for one in body["spans"]]),
            )
        )


class RepairsAPI(AnnotationAPI):
    """Accept, fix or drop an answer."""

    @extend_schema(request=RepairIn, responses={201: SubmittedOut, 200: SubmittedOut}, parameters=[KEY])
    def post(self, request: Request, slug: str) -> Response:
        """201 for a new decision; the same key again gives the same answer, or 200 once that is no longer kept."""
        body = self.read(RepairIn, request)
        return _submitted(
            submit_repair(
                who=self.person,
                project=self.project,
                assignment_id=body["assignment"],
                lease_token=body["lease_token"],
                key=self.key(request),
                choice=RepairChoice(body["choice"]),
                text=body["text"],
                tags=body["tags"],
                rationale=body["rationale"],
                active_ms=body["active_ms"],
            )
        )


class EndAPI(AnnotationAPI):
    """End a lease without an answer: skip, release or report, by the last part of the address."""

    @extend_schema(request=EndIn, responses={204: None})
    def post(self, request: Request, slug: str, how: str) -> Response:
        """204 whether the lease was still running or not."""
        body = self.read(EndIn, request)
        lease = {
            "who": self.person,
            "project": self.project,
            "assignment_id": body["assignment"],
            "lease_token": body["lease_token"],
        }
        if how == "release":
            release(**lease)
        elif how == "skip":
            skip(**lease, reason=body["reason"])
        else:
            flag(**lease, reason=body["reason"])
        return Response(status=204)


class KeepAPI(AnnotationAPI):
    """The annotator is still at work: the lease starts anew."""

    @extend_schema(request=LeaseSerializer, responses={200: KeptOut})
    def post(self, request: Request, slug: str) -> Response:
        """200 with when the lease ends now; null where it had ended before and the slot went back."""
        body = self.read(LeaseSerializer, request)
        until = heartbeat(
            who=self.person,
            project=self.project,
            assignment_id=body["assignment"],
            lease_token=body["lease_token"],
        )
        return Response({"leased_until": until})


class StatisticsAPI(ProjectAPI):
    """The board of a campaign in numbers."""

    verbs = {"GET": "annotation.read"}

    @extend_schema(responses=StatisticsOut)
    def get(self, request: Request, slug: str, campaign_id: UUID) -> Response:
        """Progress, diversity, agreement, bias, and the last quality report; numbers of single people for leads only."""
        campaign = next_item.chosen_campaign(self.project, str(campaign_id))
        assert campaign is not None
        board = read_board(campaign)
        quality = board.quality
        progress = asdict(board.progress)
        progress["eta"] = board.progress.eta_seconds
        return Response(
            {
                "campaign": campaign.pk,
                "progress": progress,
                "diversity": asdict(board.people),
                "diversity_people_only": asdict(board.real_people),
                "agreement": {
                    "alpha_nominal": asdict(quality.nominal) if quality.nominal else None,
                    "alpha_ordinal": asdict(quality.ordinal) if quality.ordinal else None,
                    "ac1": asdict(quality.ac1) if quality.ac1 else None,
                    "pairwise": quality.pairwise,
                },
                "automatic_ties": AutomaticTie.objects.filter(campaign=campaign).count(),
                "position_bias": asdict(quality.left) if quality.left else None,
                "length_bias": asdict(quality.longer) if quality.longer else None,
                "choices": quality.choices,
                "report": latest_report(campaign, people=may(self.who, "annotation.manage", self.project)),
            }
        )
