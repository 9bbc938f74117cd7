"""Invite annotators by a list or by a team link; every link is shown once."""

import base64
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.actions.invite import DEFAULT_DAYS, MAX_DAYS
from accounts.actions.join_links import MOST_PEOPLE, make_join_link, revoke_join_link
from accounts.queries import open_join_links
from core.csv_table import csv_text

from ..actions.invite_people import Done, invite_people, plan_invitations
from ..actions.people import read_words
from ..roster import COLUMNS, MOST_BYTES, read_roster

EXAMPLE = "email,name,role,team,languages,expertise\nana@example.org,Ana,annotator,Team North,de;en,law\n"


class RosterForm(forms.Form):
    """A list as a file or pasted."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    pasted = forms.CharField(
        label=gettext_lazy("or paste it"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "placeholder": EXAMPLE}),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("The links work for (days)"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS
    )
    renew = forms.BooleanField(
        label=gettext_lazy("Fresh links where one is still open"), required=False,
        help_text=gettext_lazy("For links that were lost; the old ones stop working."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Something to read, not more than is read."""
        data = super().clean() or {}
        file = data.get("file")
        if file is None and not data.get("pasted", "").strip():
            raise forms.ValidationError(_("Choose a file or paste the list."))
        if file is not None and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(n)d bytes.") % {"n": MOST_BYTES})
        data["raw"] = file.read() if file is not None else data["pasted"].encode()
        return data


class JoinLinkForm(forms.Form):
    """A link for a whole team."""

    name = forms.CharField(label=gettext_lazy("Team"), max_length=80)
    most = forms.IntegerField(
        label=gettext_lazy("For how many people"), min_value=1, max_value=MOST_PEOPLE, initial=20
    )
    days = forms.IntegerField(
        label=gettext_lazy("Works for (days)"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS
    )
    languages = forms.CharField(
        label=gettext_lazy("Languages"), max_length=200, required=False,
        help_text=gettext_lazy("Tags such as de, en; everybody can change their own."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@project_view("annotator.invite")
@sensitive_variables("done")
def invite(request: HttpRequest) -> HttpResponse:
    """The list, then what it would do, then the links."""
    request = cast(ProjectRequest, request)
    form = RosterForm(request.POST or None, request.FILES or None, initial={"days": DEFAULT_DAYS})
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, JoinLinkForm(auto_id="link_%s"))
    data = form.cleaned_data
    roster = read_roster(data["raw"])
    asked = {"who": request.user, "project": request.project, "roster": roster, "renew": data["renew"]}
    plan = plan_invitations(**asked)
    if request.POST.get("seen") == plan.digest:
        done = invite_people(**asked, days=data["days"])
        return _done(request, done)
    context = {
        "plan": plan,
        "moved": bool(request.POST.get("seen")),
        "list": data["raw"].decode(roster.encoding, "replace"),
        "form": form,
    }
    return render(request, "annotation/invite_plan.html", context)


@sensitive_variables("links", "done", "table")
def _done(request: ProjectRequest, done: Sequence[Done]) -> HttpResponse:
    links = [
        (one.step.person, request.build_absolute_uri(reverse("account:accept", args=[one.secret])))
        for one in done
        if one.secret
    ]
    table = csv_text(
        ["email", "name", "role", "team", "link"],
        [[person.email, person.name, person.role, person.words.team, link] for person, link in links],
    )
    context = {
        "links": links,
        "others": [one.step for one in done if not one.secret],
        "described": sum(one.step.what == "describe" for one in done),
        "csv": base64.b64encode(table.encode()).decode(),
        "all_links": "\n".join(f"{person.email}\t{link}" for person, link in links),
    }
    return render(request, "annotation/invite_done.html", context)


@require_POST
@project_view("annotator.invite")
@sensitive_variables("secret")
def make_link(request: HttpRequest) -> HttpResponse:
    """A team link, shown once."""
    request = cast(ProjectRequest, request)
    form = JoinLinkForm(request.POST, auto_id="link_%s")
    if not form.is_valid():
        return _page(request, RosterForm(initial={"days": DEFAULT_DAYS}), form)
    data = form.cleaned_data
    words = read_words(team=data["name"], languages=data["languages"], expertise="")
    about = {"team": words.team, "languages": list(words.languages)}
    link, secret = make_join_link(
        who=request.user,
        project=request.project,
        name=words.team,
        most=data["most"],
        days=data["days"],
        about=about,
    )
    address = request.build_absolute_uri(reverse("account:join", args=[secret]))
    return render(request, "annotation/join_link_made.html", {"link": link, "address": address})


@require_POST
@project_view("annotator.invite")
def revoke_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """End a team link."""
    request = cast(ProjectRequest, request)
    revoke_join_link(who=request.user, project=request.project, link_id=link_id)
    messages.success(request, _("The team link no longer works. Who has joined stays."))
    return redirect("annotation:invite-people", slug=request.project.slug)


def _page(request: ProjectRequest, form: RosterForm, link_form: JoinLinkForm) -> HttpResponse:
    context = {
        "form": form,
        "link_form": link_form,
        "join_links": open_join_links(request.project),
        "columns": COLUMNS,
        "example": EXAMPLE,
    }
    return render(request, "annotation/invite_people.html", context)
