"""Suggestions of the semantic tier: pairs on either side of the line, the threshold, and what people say of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused
from core.models import Job
from core.paging import capped_count
from curation.actions.semantic import (
    FLOOR,
    LIVE,
    available,
    decide_pair,
    set_threshold,
    start_search,
    waiting,
)
from curation.bodies import load_many
from curation.edit_words import edits_between
from curation.excerpts import whole
from curation.jobs import SEMANTIC
from curation.models import SemanticPair
from curation.semantic.decided import DEFAULT_THRESHOLD, threshold_of, with_decision

SHOWN = 3
LONGEST_COMPARED = 4000
VIEWS = ("around", "open", "accepted", "rejected")


@project_view("curation.read")
def semantic(request: ProjectRequest) -> HttpResponse:
    """Pairs around `?at=` (the threshold that holds, unless one is tried), or those that wait, or were decided."""
    held = threshold_of(request.project)
    value = _value(request.GET.get("at", "")) or (held.value if held else DEFAULT_THRESHOLD)
    view = request.GET.get("view", "") if request.GET.get("view", "") in VIEWS else "around"
    pairs = with_decision(SemanticPair.objects.filter(project=request.project)).select_related(
        "low__trace", "high__trace"
    )
    job = Job.objects.filter(kind=SEMANTIC, project_id=request.project.pk).order_by("-created_at").first()
    context: dict[str, Any] = {
        "available": available(),
        "waiting": waiting(request.project),
        "job": job if job is not None and job.state in LIVE else None,
        "held": held,
        "value": value,
        "floor": FLOOR,
        "suggested": capped_count(pairs.filter(cosine__gte=value)),
        "any": pairs.exists(),
        "view": view,
        "tabs": _tabs(request, view),
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    if view == "around":
        above = list(pairs.filter(cosine__gte=value).order_by("cosine", "id")[:SHOWN])
        below = list(pairs.filter(cosine__lt=value).order_by("-cosine", "-id")[:SHOWN])
        context |= {"above": _with_texts(above), "below": _with_texts(below)}
    else:
        wanted = {"open": None, "accepted": True, "rejected": False}[view]
        found = pairs.filter(accepted=wanted) if wanted is not None else pairs.filter(cosine__gte=value)  # type: ignore[misc]
        found = found.filter(accepted__isnull=True) if wanted is None else found  # type: ignore[misc]
        context["listed"] = _with_texts(list(found.order_by("-cosine", "-id")[: 4 * SHOWN]))
    return render(request, "curation/semantic.html", context)


@project_view("curation.manage")
@require_POST
def threshold(request: ProjectRequest) -> HttpResponseRedirect:
    """A lead sets the line."""
    try:
        value = _value(request.POST.get("at", ""))
        if value is None:
            raise Refused("bad_threshold", _("The threshold lies between 0.5 and 1."))
        made = set_threshold(
            who=request.user, project=request.project, value=value, note=request.POST.get("note", "")
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            _("Pairs from %(value)s on are suggested (version %(n)d).")
            % {"value": f"{made.value:.3f}", "n": made.number},
        )
    return redirect("curation:semantic", request.project.slug)


@project_view("curation.manage")
@require_POST
def decide(request: ProjectRequest, pair_id: int) -> HttpResponseRedirect:
    """The same, or not; nothing is left out but by a recipe that says so."""
    decide_pair(
        who=request.user,
        project=request.project,
        pair_id=pair_id,
        accepted=request.POST.get("accepted") == "yes",
    )
    messages.success(
        request, _("Recorded. Recipes that leave out accepted duplicates, and splits, follow it.")
    )
    back = request.POST.get("view", "")
    return redirect(
        reverse("curation:semantic", args=[request.project.slug]) + (f"?view={back}" if back in VIEWS else "")
    )


@project_view("curation.manage")
@require_POST
def search(request: ProjectRequest) -> HttpResponseRedirect:
    """Look for more now."""
    try:
        start_search(project=request.project, who=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("curation:semantic", request.project.slug)


@project_view("curation.read")
def searching(request: ProjectRequest) -> HttpResponse:
    """The fragment that follows a running search."""
    job = Job.objects.filter(kind=SEMANTIC, project_id=request.project.pk).order_by("-created_at").first()
    return render(
        request, "curation/_semantic_job.html", {"job": job, "live": job is not None and job.state in LIVE}
    )


def _value(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.5 <= value <= 1 else None


def _tabs(request: ProjectRequest, view: str) -> list[dict[str, Any]]:
    address = reverse("curation:semantic", args=[request.project.slug])
    names = {
        "around": _("Around the line"),
        "open": _("Suggested"),
        "accepted": _("Said to be the same"),
        "rejected": _("Said to differ"),
    }
    return [
        {"label": names[name], "href": f"{address}?view={name}", "current": name == view} for name in VIEWS
    ]


def _with_texts(pairs: list[SemanticPair]) -> list[dict[str, Any]]:
    bodies = load_many([version for pair in pairs for version in (pair.low, pair.high)])
    texts = {key: whole(stored.conversation)[:LONGEST_COMPARED] for key, stored in bodies.items()}
    shown = [(pair, texts.get(pair.low_id, ""), texts.get(pair.high_id, "")) for pair in pairs]
    return [
        {"pair": pair, "low": low, "high": high, "edits": edits_between(low, high)}
        for pair, low, high in shown
    ]
