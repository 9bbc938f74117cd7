"""Pages of a project's people and tokens."""

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.actions.api_tokens import create_token, find_own_token, limit_token, revoke_token
from accounts.actions.invite import invite_member, revoke_invitation, verb_to_invite
from accounts.actions.members import deactivate_member, find_member, reactivate_member, set_roles
from accounts.actions.passwords import make_reset_link
from accounts.forms import InviteForm, LimitsForm, RolesForm, TokenForm
from accounts.models import Membership, Role
from accounts.permissions import may
from accounts.queries import members_of, open_invitations, tokens_for, verb_table
from accounts.usage import usage_of
from core.errors import Refused
from core.models import AuditEntry


@project_view(verb="member.read")
def members(request: ProjectRequest) -> HttpResponse:
    """Who is in, as what; open invitations; and what each role may do."""
    context = {
        "members": members_of(request.project),
        "invitations": open_invitations(request.project),
        "may_manage": may(request.user, "member.manage", request.project),
        "may_invite": may(request.user, "annotator.invite", request.project),
        "roles": list(Role),
        "verbs": verb_table(),
    }
    return render(request, "accounts/members.html", context)


@project_view(verb="annotator.invite")
def invite(request: ProjectRequest) -> HttpResponse:
    """The form, and after it the link, once."""
    roles = [role for role in Role if may(request.user, verb_to_invite(role), request.project)]
    form = InviteForm(request.POST or None, roles=roles)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/invite.html", {"form": form})
    data = form.cleaned_data
    invitation, secret = invite_member(
        who=request.user,
        project=request.project,
        email=data["email"],
        role=Role(data["role"]),
        days=data["days"],
    )
    link = request.build_absolute_uri(reverse("account:accept", args=[secret]))
    return render(request, "accounts/invited.html", {"invitation": invitation, "link": link})


@require_POST
@project_view(verb="annotator.invite")
def invitation_revoke(request: ProjectRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Withdraw an open link."""
    revoke_invitation(who=request.user, project=request.project, invitation_id=invitation_id)
    messages.success(request, _("The invitation no longer works."))
    return redirect("accounts:members", request.project.slug)


@project_view(verb="member.read")
def member(request: ProjectRequest, user_id: uuid.UUID) -> HttpResponse:
    """One person: roles, state, and what was done to the account."""
    person = find_member(request.project, user_id)
    roles = Membership.objects.filter(project=request.project, user=person).values_list("role", flat=True)
    history = AuditEntry.objects.filter(
        project_id=request.project.pk, subject_type="accounts.user", subject_id=str(person.pk)
    ).order_by("-id")[:50]
    context = {
        "person": person,
        "held": [Role(role) for role in roles],
        "judges": {Role.ANNOTATOR, Role.DATA_LEAD} & set(roles)
        and may(request.user, "annotation.read", request.project),
        "form": RolesForm(initial={"roles": list(roles)}),
        "may_manage": may(request.user, "member.manage", request.project),
        "history": history,
    }
    return render(request, "accounts/member.html", context)


@require_POST
@project_view(verb="member.manage")
def member_roles(request: ProjectRequest, user_id: uuid.UUID) -> HttpResponse:
    """Give exactly the ticked roles."""
    form = RolesForm(request.POST)
    if not form.is_valid():
        raise Refused("unknown_role", _("There is no such role; nothing was changed."))
    roles = [Role(role) for role in form.cleaned_data["roles"]]
    person = set_roles(who=request.user, project=request.project, user_id=user_id, roles=roles)
    messages.success(request, _("The roles of %(name)s were changed.") % {"name": person})
    if not roles or not may(request.user, "member.read", request.project):
        return redirect("home")
    return redirect("accounts:member", request.project.slug, user_id)


@require_POST
@project_view(verb="member.manage")
def member_deactivate(request: ProjectRequest, user_id: uuid.UUID) -> HttpResponse:
    """Close the account."""
    person = deactivate_member(who=request.user, project=request.project, user_id=user_id)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": person})
    return redirect("accounts:member", request.project.slug, user_id)


@require_POST
@project_view(verb="member.manage")
def member_reactivate(request: ProjectRequest, user_id: uuid.UUID) -> HttpResponse:
    """Open the account again."""
    person = reactivate_member(who=request.user, project=request.project, user_id=user_id)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person})
    return redirect("accounts:member", request.project.slug, user_id)


@require_POST
@project_view(verb="member.manage")
def member_reset(request: ProjectRequest, user_id: uuid.UUID) -> HttpResponse:
    """A reset link, shown once."""
    uid, token = make_reset_link(who=request.user, project=request.project, user_id=user_id)
    link = request.build_absolute_uri(reverse("account:reset", args=[uid, token]))
    person = find_member(request.project, user_id)
    return render(request, "accounts/reset_link.html", {"person": person, "link": link})


@require_http_methods(["GET", "POST"])
@project_view(verb="token.manage")
def tokens(request: ProjectRequest) -> HttpResponse:
    """Live and ended tokens, and the form for a new one."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, secret = create_token(who=request.user, project=request.project, **form.cleaned_data)
        context = {"token": token, "secret": secret, "endpoint": _traces_url(cast(HttpRequest, request))}
        return render(request, "accounts/token_created.html", context)
    found = list(tokens_for(request.user, request.project))
    sent = usage_of([token.pk for token in found], days=1)
    rows = [(token, next(iter(sent[token.pk].values())) if sent is not None else None) for token in found]
    return render(request, "accounts/tokens.html", {"form": form, "rows": rows})


@require_http_methods(["GET", "POST"])
@project_view(verb="token.manage")
def token_limits(request: ProjectRequest, token_id: uuid.UUID) -> HttpResponse:
    """What one token sent lately, and how much it may."""
    token = find_own_token(request.user, request.project, token_id)
    limits = {"rate_limit": token.rate_limit, "daily_quota": token.daily_quota}
    form = LimitsForm(request.POST or None, initial=limits)
    if request.method == "POST" and form.is_valid():
        limit_token(who=request.user, project=request.project, token_id=token_id, **form.cleaned_data)
        messages.success(request, _("The limits hold within seconds."))
        return redirect("accounts:token_limits", request.project.slug, token_id)
    sent = usage_of([token.pk])
    days = list(sent[token.pk].items()) if sent is not None else None
    most = max((rows for _, rows in days), default=0) if days else 0
    return render(request, "accounts/token.html", {"token": token, "form": form, "days": days, "most": most})


@require_POST
@project_view(verb="token.manage")
def token_revoke(request: ProjectRequest, token_id: uuid.UUID) -> HttpResponse:
    """End a token."""
    revoke_token(who=request.user, project=request.project, token_id=token_id)
    messages.success(request, _("The token no longer works."))
    return redirect("accounts:tokens", request.project.slug)


def _traces_url(request: HttpRequest) -> str:
    return request.build_absolute_uri("/v1/traces")
