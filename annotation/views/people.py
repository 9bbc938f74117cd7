"""Annotators as a lead sees them: the list, one person's team, languages and expertise, and giving them no more work."""

from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused

from ..actions.people import (
    deactivate_annotator,
    describe_annotator,
    name_adjudicator,
    reactivate_annotator,
    read_words,
)
from ..actions.profile import profile_of
from ..people_list import find_judge, held_by, languages_of, read_people, rows_of, teams_of


class WordsForm(forms.Form):
    """Team, languages and expertise of one annotator."""

    team = forms.CharField(label=gettext_lazy("Team"), max_length=80, required=False)
    languages = forms.CharField(
        label=gettext_lazy("Languages"), max_length=400, required=False,
        help_text=gettext_lazy("Tags such as de, en or pt-BR, separated by commas. Empty: any language."),
    )  # fmt: skip
    expertise = forms.CharField(
        label=gettext_lazy("Expertise"), max_length=1_000, required=False,
        help_text=gettext_lazy("Domains this person may judge where a campaign asks for expertise, separated by commas."),
    )  # fmt: skip


@require_GET
@project_view("annotation.read")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may judge here, by team, language and state."""
    request = cast(ProjectRequest, request)
    page, rows = read_people(request.project, request.GET)
    context = {
        "page": page,
        "rows": rows,
        "teams": teams_of(request.project),
        "languages": languages_of(request.project),
        "chosen": request.GET,
        "may_manage": may(request.user, "annotation.manage", request.project),
        "may_invite": may(request.user, "annotator.invite", request.project),
    }
    return render(request, "annotation/people.html", context)


@project_view("annotation.read")
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One annotator."""
    request = cast(ProjectRequest, request)
    user = find_judge(request.project, user_id)
    (row,) = rows_of(request.project, [user])
    profile = row.profile
    known = {
        "team": profile.team if profile else "",
        "languages": ", ".join(profile.languages) if profile else "",
        "expertise": ", ".join(profile.expertise) if profile else "",
    }
    context = {
        "row": row,
        "person": user,
        "profile": profile,
        "unconfirmed": sorted(set(profile.expertise_said) - set(profile.expertise)) if profile else [],
        "held": held_by(profile) if profile else 0,
        "form": WordsForm(initial=known),
        "teams": teams_of(request.project),
        "decides_anyway": may(user, "annotation.manage", request.project),
        "may_manage": may(request.user, "annotation.manage", request.project),
    }
    return render(request, "annotation/person.html", context)


@require_POST
@project_view("annotation.manage")
def describe(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Save team, languages and expertise; `confirm` adds what the person said of themselves."""
    request = cast(ProjectRequest, request)
    user = find_judge(request.project, user_id)
    profile = profile_of(who=user, project=request.project)
    form = WordsForm(request.POST)
    if not form.is_valid():
        raise Refused("words_unreadable", _("One of the fields is too long."), hint=_("Nothing was changed."))
    data = form.cleaned_data
    if "confirm" in request.POST:
        data["expertise"] = ",".join([data["expertise"], *profile.expertise_said])
    words = read_words(**data)
    describe_annotator(who=request.user, profile=profile, words=words)
    messages.success(
        request, _("Saved. It decides which items %(name)s is given from now on.") % {"name": user}
    )
    return redirect("annotation:person", slug=request.project.slug, user_id=user_id)


@require_POST
@project_view("annotation.manage")
def set_adjudicator(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Name somebody to decide over votes, or no longer."""
    request = cast(ProjectRequest, request)
    user = find_judge(request.project, user_id)
    profile = profile_of(who=user, project=request.project)
    named = request.POST.get("adjudicates") == "yes"
    name_adjudicator(who=request.user, profile=profile, adjudicates=named)
    said = (
        _("%(name)s may decide over votes that disagree.")
        if named
        else _("%(name)s decides over votes no longer.")
    )
    messages.success(request, said % {"name": user})
    return redirect("annotation:person", slug=request.project.slug, user_id=user_id)


@require_POST
@project_view("annotation.manage")
def set_person_state(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give no more work, or work again."""
    request = cast(ProjectRequest, request)
    user = find_judge(request.project, user_id)
    profile = profile_of(who=user, project=request.project)
    if request.POST.get("state") == "working":
        reactivate_annotator(who=request.user, profile=profile)
        messages.success(request, _("%(name)s is given work again.") % {"name": user})
    else:
        freed = deactivate_annotator(who=request.user, profile=profile)
        said = ngettext(
            "%(name)s is given no more work; %(n)d held item is free again.",
            "%(name)s is given no more work; %(n)d held items are free again.",
            freed,
        )
        messages.success(request, said % {"name": user, "n": freed})
    return redirect("annotation:person", slug=request.project.slug, user_id=user_id)
