"""Pages outside a project: accepting an invitation, a reset link, and one's own profile."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from accounts.actions.invite import accept_as_member, accept_as_newcomer, find_invitation
from accounts.actions.join_links import find_join_link, join_as_member, join_as_newcomer
from accounts.actions.passwords import change_password, find_reset, reset_password
from accounts.actions.profile import update_profile
from accounts.forms import ChangePasswordForm, JoinForm, NewcomerForm, NewPasswordForm, ProfileForm
from accounts.models import User
from core.errors import Refused

MODEL_BACKEND = "accounts.sessions.SessionBackend"


@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("secret")
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the role: with the account one has, or with a new one."""
    invitation = find_invitation(secret)
    first = {"name": invitation.about.get("name", "")}
    sent = request.POST if request.method == "POST" and request.user.is_anonymous else None
    form = NewcomerForm(sent, initial=first)
    context = {
        "invitation": invitation,
        "form": form,
        "has_account": User.objects.filter(email=invitation.email).exists(),
    }
    if request.method == "POST" and request.user.is_authenticated:
        accept_as_member(user=request.user, secret=secret)
        return redirect("home")
    if request.method == "POST" and form.is_valid():
        try:
            membership = accept_as_newcomer(secret=secret, **form.cleaned_data)
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            login(request, membership.user, backend=MODEL_BACKEND)
            return redirect("home")
    return render(request, "accounts/accept.html", context)


@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("secret")
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Become an annotator by a team link: with the account one has, or with a new one."""
    link = find_join_link(secret)
    form = JoinForm(request.POST if request.method == "POST" and request.user.is_anonymous else None)
    if request.method == "POST" and request.user.is_authenticated:
        join_as_member(user=request.user, secret=secret)
        return redirect("home")
    if request.method == "POST" and form.is_valid():
        try:
            membership = join_as_newcomer(secret=secret, **form.cleaned_data)
        except ValidationError as weak:
            form.add_error("password", weak)
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            login(request, membership.user, backend=MODEL_BACKEND)
            return redirect("home")
    return render(request, "accounts/join.html", {"link": link, "form": form})


@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("token")
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a new password by link."""
    person = find_reset(uid, token)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reset_password(uid=uid, token=token, password=form.cleaned_data["password"])
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("login")
    return render(request, "accounts/reset.html", {"form": form, "person": person})


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name, time zone, theme."""
    user = cast(User, request.user)
    form = ProfileForm(request.POST) if request.method == "POST" else ProfileForm.of(user)
    if request.method == "POST" and form.is_valid():
        update_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account:profile")
    memberships = user.memberships.select_related("project").order_by("project__name", "role")
    return render(request, "accounts/profile.html", {"form": form, "memberships": memberships})


@login_required
@sensitive_post_parameters("old", "password")
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = change_password(
                user=cast(User, request.user), old=form.cleaned_data["old"], new=form.cleaned_data["password"]
            )
        except ValidationError as weak:
            form.add_error("password", weak)
        except Refused as wrong:
            form.add_error("old", wrong.message)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password was changed; other sessions were ended."))
            return redirect("account:profile")
    return render(request, "accounts/password.html", {"form": form})
