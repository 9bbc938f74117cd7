"""Beside the judging: guidelines to read, sections to cite, drafts kept, questions asked."""

import json
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound
from core.rendering.diff import diff_html
from curation.models import AssetVersion

from ..actions.ask import ask_lead
from ..actions.draft import save_draft
from ..actions.profile import profile_of
from ..actions.publish_text import read_guidelines
from ..guidance import guidance_for, plain_text
from ..next_item import chosen_campaign
from .forms_in import BadField, field, lease_in
from .judge import HEADER, next_card


@project_view("annotation.judge")
def guidelines(request: HttpRequest) -> HttpResponse:
    """The campaign's guidelines; where they have to be read again, with what changed since. Posted: they were read."""
    request = cast(ProjectRequest, request)
    if request.method == "POST":
        read_guidelines(
            who=request.user,
            project=request.project,
            version=_version(request, request.POST.get("version", "")),
        )
        pages = {"judge": "annotation:judge", "repair": "annotation:repair"}
        back = pages.get(request.POST.get("back", ""))
        return redirect(back, slug=request.project.slug) if back else HttpResponse(status=204)
    campaign = chosen_campaign(request.project, request.GET.get("campaign", ""))
    guidance = (
        guidance_for(profile_of(who=request.user, project=request.project), campaign) if campaign else None
    )
    changes = ""
    if guidance and guidance.reread and guidance.read:
        changes = diff_html(plain_text(guidance.read), plain_text(guidance.version), fold=True)
    context = {"guidance": guidance, "changes": changes, "campaign": campaign}
    return render(request, "annotation/_guidelines.html", context)


@project_view("annotation.judge")
def policy(request: HttpRequest) -> HttpResponse:
    """The numbered sections of one version of the policy, to choose one from."""
    request = cast(ProjectRequest, request)
    version = _version(request, request.GET.get("version", ""))
    return render(request, "annotation/_sections.html", {"sections": version.body.get("sections", [])})


@require_POST
@project_view("annotation.judge")
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what was begun and the lease with it; 410 where the lease has ended."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    try:
        written = json.loads(request.POST.get("draft", "{}"))
    except (ValueError, RecursionError) as error:
        raise BadField("draft_invalid", _("The draft is not readable."), field="draft") from error
    if not isinstance(written, dict):
        raise BadField("draft_invalid", _("The draft is not readable."), field="draft")
    kept = save_draft(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        draft=written,
    )
    return HttpResponse(status=204 if kept else 410)


@require_POST
@project_view("annotation.judge")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the leads, and go on with the next."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    question = ask_lead(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        key=field(request.POST, "key", UUID),
        text=request.POST.get("question", ""),
    )
    if "X-Winnow-Judging" not in request.headers:
        messages.success(request, _("Asked. The answer appears under My work."))
        page = "annotation:repair" if question.item.kind == "repair" else "annotation:judge"
        return redirect(page, slug=request.project.slug)
    if question.item.kind == "repair":
        response = HttpResponse(status=200)
        response[HEADER] = "asked"
        return response
    campaign = chosen_campaign(request.project, request.POST.get("campaign", ""), kind="pair")
    return next_card(request, request.POST, "asked", campaign)


def _version(request: ProjectRequest, given: str) -> AssetVersion:
    found = (
        AssetVersion.objects.filter(project=request.project, pk=int(given)).select_related("asset").first()
        if given.isdecimal() and len(given) < 18
        else None
    )
    if found is None or found.asset.kind not in ("guidelines", "policy"):
        raise NotFound("text_not_found", _("There is no such text."))
    return found
