"""What leads do over the API: invite people by a list, read and change a campaign's settings."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.errors import Refused

from .actions.change_campaign import patch_campaign
from .actions.invite_people import Done, Plan, Step, invite_people, plan_invitations
from .models import Campaign
from .next_item import chosen_campaign
from .roster import Roster, read_roster, read_rows
from .rules import as_stored, read
from .serializers_leads import InviteIn, InviteOut, SettingsIn, SettingsOut


class BadLines(Refused):
    """Lines of a list cannot be used: said line by line, nothing was done."""

    status = 400


class InviteAPI(ProjectAPI):
    """People by the list, as on the page: the same list again invites nobody twice."""

    verbs = {"POST": "annotator.invite"}
    answers_are_kept = False

    @extend_schema(request=InviteIn, responses={200: InviteOut, 201: InviteOut})
    @sensitive_variables("done", "body")
    def post(self, request: Request, slug: str) -> Response:
        """201 with a link for every new invitation (shown in this answer only), 200 where none was made; whole or not at all."""
        found = InviteIn(data=request.data)
        found.is_valid(raise_exception=True)
        asked = found.validated_data
        roster = _roster(asked)
        given = {"who": self.who, "project": self.project, "roster": roster, "renew": asked["renew"]}
        plan = plan_invitations(**given)
        if asked["dry_run"]:
            return Response(_said(plan, [Done(step) for step in plan.steps], request, dry=True))
        if plan.errors and not asked["skip_wrong"]:
            raise _bad_lines(plan)
        done = invite_people(**given, days=asked["days"])
        body = _said(plan, done, request, dry=False)
        return Response(body, status=201 if any(one.secret for one in done) else 200)


class SettingsAPI(ProjectAPI):
    """Everything a campaign asks, as on its page of settings."""

    verbs = {"GET": "annotation.read", "PATCH": "annotation.manage"}

    @extend_schema(responses=SettingsOut)
    def get(self, request: Request, slug: str, campaign_id: UUID) -> Response:
        """As they stand; what a campaign never said has its default."""
        return Response(_settings(self._campaign(campaign_id)))

    @extend_schema(request=SettingsIn(partial=True), responses=SettingsOut)
    def patch(self, request: Request, slug: str, campaign_id: UUID) -> Response:
        """Change what is named and nothing else; lists and maps are replaced whole. The same again changes nothing."""
        campaign = self._campaign(campaign_id)
        found = SettingsIn(data=request.data, partial=True)
        found.is_valid(raise_exception=True)
        changes = patch_campaign(who=self.who, campaign=campaign, patch=found.validated_data)
        campaign.refresh_from_db()
        return Response({**_settings(campaign), "changes": changes})

    def _campaign(self, campaign_id: UUID) -> Campaign:
        found = chosen_campaign(self.project, str(campaign_id))
        assert found is not None
        return found


def _roster(asked: dict[str, Any]) -> Roster:
    return read_roster(asked["csv"].encode()) if "csv" in asked else read_rows(asked["people"])


def _bad_lines(plan: Plan) -> BadLines:
    said = ngettext("%(n)d line cannot be used.", "%(n)d lines cannot be used.", len(plan.errors))
    return BadLines(
        "lines_unusable",
        said % {"n": len(plan.errors)},
        hint=_("Nobody was invited. Mend the lines, or send skip_wrong: true to go on without them."),
        errors=_errors(plan),
    )


def _errors(plan: Plan) -> list[dict[str, Any]]:
    return [{"line": line, "message": message} for line, message in plan.errors]


def _said(plan: Plan, done: list[Done], request: Request, *, dry: bool) -> dict[str, Any]:
    people = [{**_line(one.step), "link": _link(one, request)} for one in done]
    return {"dry_run": dry, "people": people, "errors": _errors(plan)}


def _line(step: Step) -> dict[str, Any]:
    person = step.person
    return {"line": person.line, "email": person.email, "role": person.role, "what": step.what}


def _link(one: Done, request: Request) -> str | None:
    return request.build_absolute_uri(reverse("account:accept", args=[one.secret])) if one.secret else None


def _settings(campaign: Campaign) -> dict[str, Any]:
    rules = as_stored(read(campaign.rules))
    version, _kept = rules.pop("tags_version"), rules.pop("had_quota")
    settings = {
        "name": campaign.name,
        "overlap": campaign.overlap,
        "lease_seconds": campaign.lease_seconds,
        "guidelines": campaign.guidelines_id,
        "rules": rules,
    }
    return {"campaign": campaign.pk, "tags_version": version, "settings": settings}
