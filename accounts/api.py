"""Members, invitations and tokens under /api/v1/projects/<slug>/, and /api/v1/me."""

import uuid
from typing import cast

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import serializers as s
from accounts.access import ProjectAPI
from accounts.actions.api_tokens import create_token, limit_token, revoke_token
from accounts.actions.invite import invite_member, revoke_invitation
from accounts.actions.members import deactivate_member, reactivate_member, set_roles
from accounts.actions.passwords import make_reset_link
from accounts.actions.persons import person_behind
from accounts.actions.profile import update_profile
from accounts.models import ApiToken, Role, User
from accounts.queries import Member, members_of, open_invitations, tokens_for
from core.api import CursorPage
from core.errors import PermissionRefused
from core.models import AuditEntry


class Members(ProjectAPI):
    """Everybody with a role in the project."""

    verbs = {"GET": "member.read"}

    @extend_schema(responses=s.MemberOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List members with their roles."""
        return Response(s.MemberOut(members_of(self.project), many=True).data)


class MemberRoles(ProjectAPI):
    """The roles of one member."""

    verbs = {"GET": "member.read", "PUT": "member.manage"}

    @extend_schema(request=s.RolesIn, responses=s.MemberOut)
    def put(self, request: Request, slug: str, user_id: uuid.UUID) -> Response:
        """Give exactly these roles."""
        data = s.RolesIn(data=request.data)
        data.is_valid(raise_exception=True)
        roles = tuple(Role(role) for role in data.validated_data["roles"])
        person = set_roles(who=self.who, project=self.project, user_id=user_id, roles=roles)
        return Response(s.MemberOut(Member(person, roles)).data)


class MemberDeactivate(ProjectAPI):
    """Close an account."""

    verbs = {"GET": "member.read", "POST": "member.manage"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str, user_id: uuid.UUID) -> Response:
        """No sign-in, session or token of this person works any more."""
        deactivate_member(who=self.who, project=self.project, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MemberReactivate(ProjectAPI):
    """Open a closed account."""

    verbs = {"GET": "member.read", "POST": "member.manage"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str, user_id: uuid.UUID) -> Response:
        """The person may sign in again."""
        reactivate_member(who=self.who, project=self.project, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MemberReset(ProjectAPI):
    """A reset link for a member."""

    verbs = {"GET": "member.read", "POST": "member.manage"}
    answers_are_kept = False

    @extend_schema(request=None, responses={201: s.ResetMade})
    def post(self, request: Request, slug: str, user_id: uuid.UUID) -> Response:
        """Make a link; it is shown in this answer only."""
        uid, token = make_reset_link(who=self.who, project=self.project, user_id=user_id)
        link = request.build_absolute_uri(reverse("account:reset", args=[uid, token]))
        return Response(s.ResetMade({"link": link}).data, status=status.HTTP_201_CREATED)


class Invitations(ProjectAPI):
    """Open invitations."""

    verbs = {"GET": "member.read", "POST": "annotator.invite"}
    answers_are_kept = False

    @extend_schema(responses=s.InvitationOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List links that still work."""
        return Response(s.InvitationOut(open_invitations(self.project), many=True).data)

    @extend_schema(request=s.InvitationIn, responses={201: s.InvitationMade})
    def post(self, request: Request, slug: str) -> Response:
        """Invite somebody; the link is shown in this answer only."""
        data = s.InvitationIn(data=request.data)
        data.is_valid(raise_exception=True)
        fields = {**data.validated_data, "role": Role(data.validated_data["role"])}
        invitation, secret = invite_member(who=self.who, project=self.project, **fields)
        link = request.build_absolute_uri(reverse("account:accept", args=[secret]))
        body = {**s.InvitationOut(invitation).data, "link": link}
        return Response(body, status=status.HTTP_201_CREATED)


class InvitationRevoke(ProjectAPI):
    """Withdraw an open invitation."""

    verbs = {"GET": "member.read", "POST": "annotator.invite"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str, invitation_id: uuid.UUID) -> Response:
        """The link stops working."""
        revoke_invitation(who=self.who, project=self.project, invitation_id=invitation_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Tokens(ProjectAPI):
    """API tokens: one's own, or all for an administrator."""

    verbs = {"GET": "token.manage", "POST": "token.manage"}
    answers_are_kept = False

    @extend_schema(responses=s.TokenOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List tokens, never their secrets."""
        return Response(s.TokenOut(tokens_for(person_behind(self.who), self.project), many=True).data)

    @extend_schema(request=s.TokenIn, responses={201: s.TokenMade})
    def post(self, request: Request, slug: str) -> Response:
        """Make a token; the secret is shown in this answer only."""
        data = s.TokenIn(data=request.data)
        data.is_valid(raise_exception=True)
        token, secret = create_token(who=self.who, project=self.project, **data.validated_data)
        return Response({**s.TokenOut(token).data, "secret": secret}, status=status.HTTP_201_CREATED)


class TokenLimits(ProjectAPI):
    """How much a token may send."""

    verbs = {"GET": "token.manage", "POST": "token.manage"}

    @extend_schema(request=s.LimitsIn, responses=s.TokenOut)
    def post(self, request: Request, slug: str, token_id: uuid.UUID) -> Response:
        """Set both limits; one that is left out or null is lifted."""
        data = s.LimitsIn(data=request.data)
        data.is_valid(raise_exception=True)
        token = limit_token(who=self.who, project=self.project, token_id=token_id, **data.validated_data)
        return Response(s.TokenOut(token).data)


class TokenRevoke(ProjectAPI):
    """End a token."""

    verbs = {"GET": "token.manage", "POST": "token.manage"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str, token_id: uuid.UUID) -> Response:
        """The token stops working at once."""
        revoke_token(who=self.who, project=self.project, token_id=token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class NewestAct(CursorPage):
    """By id: entries are numbered as they are written."""

    ordering = "-id"


class Audit(ProjectAPI):
    """Who did what."""

    verbs = {"GET": "audit.read"}

    @extend_schema(responses=s.AuditOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List acts, newest first; ?verb= narrows them."""
        entries = AuditEntry.objects.filter(project_id=self.project.pk)
        if verb := request.query_params.get("verb"):
            entries = entries.filter(verb=verb)
        pages = NewestAct()
        page = pages.paginate_queryset(entries, request, self)
        return pages.get_paginated_response(s.AuditOut(page or [], many=True).data)


class Me(APIView):
    """The signed-in person."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=s.MeOut)
    def get(self, request: Request) -> Response:
        """Who am I."""
        return Response(s.MeOut(cast(User, request.user)).data)

    @extend_schema(request=s.MeOut, responses=s.MeOut)
    def patch(self, request: Request) -> Response:
        """Change name, time zone or theme; the person's own act, not one of their tokens."""
        if isinstance(request.auth, ApiToken):
            raise PermissionRefused(
                "needs_a_person", _("A token cannot change a profile."), hint=_("Sign in to change it.")
            )
        user = cast(User, request.user)
        data = s.MeOut(user, data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        now = {"name": user.name, "time_zone": user.time_zone, "theme": user.theme}
        update_profile(user=user, **{**now, **data.validated_data})
        return Response(s.MeOut(user).data)
