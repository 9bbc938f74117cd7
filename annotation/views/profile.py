"""About me: what I read and know, what I choose to say, what I agree to see, and how to take it back."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view

from ..actions.people import MOST_EXPOSURES, choose_exposure, describe_myself
from ..actions.profile import choose_value, erase_profile, profile_of
from ..axes import K, current_axes_of
from ..models import AnnotatorProfile, ProfileValue
from ..people_list import sensitive_today


class WorkForm(forms.Form):
    """What the person reads and knows."""

    languages = forms.CharField(
        label=gettext_lazy("Languages I read well"), max_length=400, required=False,
        help_text=gettext_lazy("Tags such as de, en or pt-BR, separated by commas. Empty: I may be given any."),
    )  # fmt: skip
    expertise = forms.CharField(
        label=gettext_lazy("What I know my way in"), max_length=1_000, required=False,
        help_text=gettext_lazy("Words such as law or python, separated by commas. They count once a lead confirms them."),
    )  # fmt: skip


class ExposureForm(forms.Form):
    """Warned-of material: whether, and how much a day."""

    ok = forms.BooleanField(
        label=gettext_lazy("I am willing to judge material that is warned of"), required=False,
        help_text=gettext_lazy("Violence, abuse, hate: what attackers tried. Never asked of you, and you can stop any time."),
    )  # fmt: skip
    per_day = forms.IntegerField(
        label=gettext_lazy("At most a day"), min_value=1, max_value=MOST_EXPOSURES, required=False,
        help_text=gettext_lazy("Empty: as much as the campaign allows."),
    )  # fmt: skip


@require_GET
@project_view("annotation.judge")
def profile(request: HttpRequest) -> HttpResponse:
    """The page as it stands."""
    request = cast(ProjectRequest, request)
    return _page(request, profile_of(who=request.user, project=request.project))


@require_POST
@project_view("annotation.judge")
def axes(request: HttpRequest) -> HttpResponse:
    """Say something on an axis, or take it back."""
    request = cast(ProjectRequest, request)
    mine = profile_of(who=request.user, project=request.project)
    said = _said(mine)
    for axis in current_axes_of(request.project.pk):
        value = request.POST.get(f"axis-{axis.pk}", "")
        if value != said.get(axis.pk, ""):
            choose_value(who=request.user, project=request.project, axis=axis, value=value)
    messages.success(request, _("Saved. It counts from your next answer on."))
    return redirect("annotation:profile", slug=request.project.slug)


@require_POST
@project_view("annotation.judge")
def words(request: HttpRequest) -> HttpResponse:
    """Languages and expertise."""
    request = cast(ProjectRequest, request)
    mine = profile_of(who=request.user, project=request.project)
    form = WorkForm(request.POST)
    if not form.is_valid():
        return _page(request, mine, work=form)
    describe_myself(who=request.user, project=request.project, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("annotation:profile", slug=request.project.slug)


@require_POST
@project_view("annotation.judge")
def exposure(request: HttpRequest) -> HttpResponse:
    """Opt in to warned-of material, or out of it."""
    request = cast(ProjectRequest, request)
    mine = profile_of(who=request.user, project=request.project)
    form = ExposureForm(request.POST)
    if not form.is_valid():
        return _page(request, mine, exposure=form)
    choose_exposure(who=request.user, project=request.project, **form.cleaned_data)
    said = _("You are shown no warned-of material from now on.")
    messages.success(request, _("Saved.") if form.cleaned_data["ok"] else said)
    return redirect("annotation:profile", slug=request.project.slug)


@require_POST
@project_view("annotation.judge")
def erase(request: HttpRequest) -> HttpResponse:
    """Everything said about oneself is removed; votes stay under the pseudonym."""
    request = cast(ProjectRequest, request)
    erase_profile(who=request.user, project=request.project)
    messages.success(request, _("What you had said about yourself is removed. Your answers stay."))
    return redirect("annotation:profile", slug=request.project.slug)


def _said(mine: AnnotatorProfile) -> dict[int, str]:
    return dict(ProfileValue.objects.filter(profile=mine).values_list("axis_id", "value"))


def _page(
    request: ProjectRequest,
    mine: AnnotatorProfile,
    *,
    work: WorkForm | None = None,
    exposure: ExposureForm | None = None,
) -> HttpResponse:
    said = _said(mine)
    claimed = mine.expertise_said or mine.expertise
    known = {"languages": ", ".join(mine.languages), "expertise": ", ".join(claimed)}
    chosen = {"ok": mine.sensitive_ok, "per_day": mine.sensitive_per_day}
    context = {
        "rows": [(axis, said.get(axis.pk, "")) for axis in current_axes_of(request.project.pk)],
        "said_something": bool(said),
        "profile": mine,
        "k": K,
        "work": work or WorkForm(initial=known),
        "exposure": exposure or ExposureForm(initial=chosen),
        "seen_today": sensitive_today(mine),
    }
    return render(request, "annotation/profile.html", context)
