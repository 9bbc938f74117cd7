"""The curation board, and what each reason left out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound
from core.paging import keyset
from curation.board import governing
from curation.board_slice import Slice, read_slice
from curation.dedup.members import DUPLICATES
from curation.drop_reasons import REASONS, reason_of
from curation.dropped import explained, left_out
from curation.funnel import WAITING, read_funnel
from curation.strata_map import AXES, read_strata
from curation.trace_filters import distinct_values

NEWEST = ("-occurred_at", "-pk")
EXAMPLES_SHOWN = 20


@project_view("curation.read")
@require_safe
def board(request: ProjectRequest) -> HttpResponse:
    """From raw to kept with every loss, the strata of what is kept, and what governs them."""
    within = read_slice(request.GET.dict())
    axis = request.GET.get("across", "")
    axis = axis if axis in AXES else next(iter(AXES))
    context = {
        **_sliced(request, within),
        "funnel": read_funnel(within.traces(request.project)),
        "strata": read_strata(request.project, within, axis),
        "axes": _axes(request, within, axis),
        "axis": axis,
        "governing": governing(request.project),
    }
    return render(request, "curation/board.html", context)


@project_view("curation.read")
@require_safe
def dropped(request: ProjectRequest) -> HttpResponse:
    """What `?reason=` left out, newest first, each with its evidence."""
    reason, within = request.GET.get("reason", ""), read_slice(request.GET.dict())
    if reason in WAITING or not reason:
        raise NotFound("reason_not_found", "Name a drop reason; the curation board lists them.")
    page = keyset(left_out(request.project, within, reason), request.GET, order=NEWEST, size=EXAMPLES_SHOWN)
    context = {
        **_sliced(request, within),
        "reason": reason,
        "words": reason_of(reason),
        "reasons": REASONS,
        "is_duplicate": reason in DUPLICATES,
        "page": page,
        "examples": explained(request.project, reason, page.rows),
    }
    return render(request, "curation/dropped.html", context)


def _sliced(request: ProjectRequest, within: Slice) -> dict[str, Any]:
    services = distinct_values("curation_trace", "service", request.project)
    return {"within": within, "services": services}


def _axes(request: ProjectRequest, within: Slice, axis: str) -> list[dict[str, Any]]:
    address = reverse("curation:board", args=[request.project.slug])
    return [
        {"label": label, "href": f"{address}?across={name}{within.query}#strata", "current": name == axis}
        for name, label in AXES.items()
    ]
