"""The quarantine: what is in it, what it caught, and the caught span beside the item."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may, require
from core.errors import NotFound, Refused
from core.paging import capped_count, keyset
from curation.actions.quarantine import publish_quarantine, read_quarantine_lines
from curation.actions.rescreen import stale_count
from curation.actions.screening import current_quarantine
from curation.bodies import load_many
from curation.conversation import Conversation
from curation.excerpts import segments
from curation.models import Screening

AROUND = 400
NEWEST = ("-pk",)
LARGEST_FILE = 32 << 20


@project_view("curation.read")
@require_http_methods(["GET", "POST"])
def quarantine(request: ProjectRequest) -> HttpResponse:
    """Sets of the current version and its hits, newest first; a lead adds a set by file."""
    if request.method == "POST":
        return _add(request)
    current = current_quarantine(request.project)
    hits = Screening.objects.filter(project=request.project, verdict="hit", quarantine=current)
    page = keyset(
        hits.select_related("item", "version__trace", "version__curation"), request.GET, order=NEWEST
    )
    context = {
        "current": current,
        "sets": sorted(current.body.get("sets", {}).items()),
        "settings": current.body.get("settings", {}),
        "stale": stale_count(request.project),
        "clean": capped_count(
            Screening.objects.filter(project=request.project, verdict="clean", quarantine=current)
        ),
        "page": page,
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/quarantine_list.html", context)


@project_view("curation.read")
def hit(request: ProjectRequest, screening_id: int) -> HttpResponse:
    """One hit: the conversation's span, marked, beside the quarantined item."""
    found = Screening.objects.filter(project=request.project, pk=screening_id, verdict="hit")
    one = found.select_related("item", "version__trace", "quarantine").first()
    if one is None:
        raise NotFound("hit_not_found", _("There is no such quarantine hit in this project."))
    stored = load_many([one.version]).get(one.version.pk) if one.version else None
    context = {"hit": one, "span": _span(stored.conversation, one.evidence) if stored else None}
    return render(request, "curation/quarantine_detail.html", context)


def _add(request: ProjectRequest) -> HttpResponseRedirect:
    require(request.user, "curation.manage", request.project)
    upload, name = request.FILES.get("items"), request.POST.get("set_name", "").strip()
    try:
        if upload is None or not name:
            raise Refused(
                "nothing_to_add", _("Name the set and choose a file with one JSON object per line.")
            )
        if (upload.size or 0) > LARGEST_FILE:
            raise Refused("file_too_large", _("The file is larger than 32 MB; add it in parts."))
        lines = upload.read().decode("utf-8", "replace").split("\n")
        entries = read_quarantine_lines(lines, name, upload.name or name)
        version = publish_quarantine(who=request.user, project=request.project, items=entries)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = _("Version %(number)d is in force. Everything is screened against it in the background.")
        messages.success(request, said % {"number": version.number})
    return redirect("curation:quarantine", slug=request.project.slug)


def _span(conversation: Conversation, evidence: dict[str, Any]) -> dict[str, str] | None:
    """Before, span and after, cut from the part the evidence points into."""
    place = (evidence.get("message"), evidence.get("part"))
    for one in segments(conversation):
        if (one.message, one.part) == place:
            start, end = int(evidence.get("start", 0)), int(evidence.get("end", 0))
            return {
                "role": conversation["messages"][one.message]["role"],
                "before": one.text[max(0, start - AROUND) : start],
                "span": one.text[start:end],
                "after": one.text[end : end + AROUND],
            }
    return None
