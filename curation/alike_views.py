"""More like this trace."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import ProjectRequest, project_view
from core import embedding
from curation.alike import HOW, more_like
from curation.span_views import trace_of


@project_view("trace.read")
def alike(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """Other traces that are alike, by how they are."""
    trace = trace_of(request, trace_id)
    found = more_like(trace)
    context = {
        "trace": trace,
        "version": trace.current,
        "groups": [(name, HOW[name], found[name]) for name in HOW],
        "embedded": embedding.available(),
    }
    return render(request, "curation/alike.html", context)
