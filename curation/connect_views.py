"""The page that gets the first trace in: a program to copy, and a light that turns when something arrives."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from accounts.access import ProjectRequest, project_view
from core.rendering.code import highlight
from curation.connect import GUIDES, find_guide
from curation.ingest_views import tabs
from curation.models import IngestBatch, Trace


@project_view("trace.read")
def connect(request: ProjectRequest) -> HttpResponse:
    """`?with=` names the guide."""
    guide = find_guide(request.GET.get("with", ""))
    here = reverse("curation:connect", args=[request.project.slug])
    context = {
        "guide": guide,
        "program": mark_safe(highlight(guide.program, "python")),  # Pygments escapes what it colours
        "tabs": tabs(request.project.slug, "connect"),
        "guides": [
            {"label": one.title, "href": f"{here}?with={one.name}", "current": one is guide} for one in GUIDES
        ],
        "address": f"{request.scheme}://{request.get_host()}",
        **_last(request),
    }
    return render(request, "curation/connect.html", context)


@project_view("trace.read")
def arrivals(request: ProjectRequest) -> HttpResponse:
    """The light by itself, asked for every few seconds."""
    return render(request, "curation/_arrivals.html", _last(request))


def _last(request: ProjectRequest) -> dict[str, object]:
    batches = IngestBatch.objects.filter(project=request.project).order_by("-received_at")
    traces = Trace.objects.filter(project=request.project).order_by("-occurred_at", "-id")
    return {"batch": batches.select_related("token").first(), "trace": traces.first()}
