"""A new campaign, and the settings of one that runs."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import ProjectRequest, project_view
from core.errors import Refused

from .. import next_item
from ..actions.campaigns import create_campaign
from ..actions.change_campaign import change_campaign
from ..campaign_form import CampaignForm


@project_view("annotation.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Open a campaign: a name is enough."""
    request = cast(ProjectRequest, request)
    form = CampaignForm(request.POST or None, project=request.project)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"] or "pair"
        try:
            made = create_campaign(who=request.user, project=request.project, kind=kind, **form.settings)
            return redirect("annotation:campaign", slug=request.project.slug, campaign_id=made.pk)
        except Refused as refused:
            form.add_error("name" if refused.code == "campaign_exists" else None, str(refused))
    return render(request, "annotation/campaign_new.html", {"form": form})


@project_view("annotation.manage")
def settings(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Change a campaign."""
    request = cast(ProjectRequest, request)
    campaign = next_item.chosen_campaign(request.project, str(campaign_id))
    assert campaign is not None
    form = CampaignForm(request.POST or None, project=request.project, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            changes = change_campaign(who=request.user, campaign=campaign, **form.settings)
            said = ngettext("%(n)d setting was changed.", "%(n)d settings were changed.", len(changes))
            messages.success(request, said % {"n": len(changes)} if changes else _("Nothing was different."))
            return redirect("annotation:campaign", slug=request.project.slug, campaign_id=campaign_id)
        except Refused as refused:
            form.add_error("name" if refused.code == "campaign_exists" else None, str(refused))
    return render(request, "annotation/campaign_settings.html", {"form": form, "campaign": campaign})
