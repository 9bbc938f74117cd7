"""About me: what I choose to say, what it is used for, and how to take it back."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view

from ..actions.profile import choose_value, erase_profile, profile_of
from ..axes import K, current_axes_of
from ..models import ProfileValue


@project_view("annotation.judge")
def profile(request: HttpRequest) -> HttpResponse:
    """One opt-in select per axis; nothing is chosen until one chooses."""
    request = cast(ProjectRequest, request)
    mine = profile_of(who=request.user, project=request.project)
    axes = current_axes_of(request.project.pk)
    said = dict(ProfileValue.objects.filter(profile=mine).values_list("axis_id", "value"))
    if request.method == "POST":
        for axis in axes:
            value = request.POST.get(f"axis-{axis.pk}", "")
            if value != said.get(axis.pk, ""):
                choose_value(who=request.user, project=request.project, axis=axis, value=value)
        messages.success(request, _("Saved. It counts from your next answer on."))
        return redirect("annotation:profile", slug=request.project.slug)
    rows = [(axis, said.get(axis.pk, "")) for axis in axes]
    return render(request, "annotation/profile.html", {"rows": rows, "profile": mine, "k": K})


@require_POST
@project_view("annotation.judge")
def erase(request: HttpRequest) -> HttpResponse:
    """Everything said about oneself is removed; votes stay under the pseudonym."""
    request = cast(ProjectRequest, request)
    erase_profile(who=request.user, project=request.project)
    messages.success(request, _("What you had said about yourself is removed. Your answers stay."))
    return redirect("annotation:profile", slug=request.project.slug)
