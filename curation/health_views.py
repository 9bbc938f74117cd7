"""The page of agentic health."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest, project_view
from accounts.models import Project
from curation.health.plots import day_plots, hedge_plots, share_plots
from curation.health.report import PER, Health, health
from curation.models import Trace
from curation.trace_filters import distinct_values

RELEASES = 60


@project_view("curation.read")
def agentic_health(request: ProjectRequest) -> HttpResponse:
    """Success against depth, width and trouble; hedging; narrowed by service and release in the URL."""
    service, release = request.GET.get("service", ""), request.GET.get("release", "")
    found = health(request.project, service=service, release=release)
    context: dict[str, Any] = {
        "found": found,
        "service": service,
        "release": release,
        "services": distinct_values("curation_trace", "service", request.project),
        "releases": releases(request.project),
        "narrowed": bool(service or release),
    }
    if found is not None:
        context |= {
            "facts": _facts(found),
            "share_plots": share_plots(found),
            "hedge_plots": hedge_plots(found),
            "day_plots": day_plots(found),
        }
    return render(request, "curation/health.html", context)


def releases(project: Project) -> list[str]:
    """The releases of the newest traffic."""
    newest = (
        Trace.objects.filter(project=project)
        .order_by("-occurred_at", "-id")
        .values_list("release", flat=True)
    )
    return sorted({name for name in newest[:5000] if name})[:RELEASES]


def _facts(found: Health) -> list[tuple[str, Any]]:
    share, hedges = found.success, found.hedges
    facts: list[tuple[str, Any]] = [(_("conversations"), f"{found.conversations:,}")]
    if share.value is not None and share.low is not None and share.high is not None:
        facts.append(
            (
                _("ended well (%(low)s to %(high)s)")
                % {"low": f"{share.low:.0%}", "high": f"{share.high:.0%}"},
                f"{share.value:.0%}",
            )
        )
    facts.append((_("failed and recovered"), f"{found.recovered:,}"))
    if hedges.value is not None:
        between = (
            f" ({hedges.low:.1f} – {hedges.high:.1f})"
            if hedges.low is not None and hedges.high is not None
            else ""
        )
        facts.append((_("hedges per %(n)s words") % {"n": f"{PER:,}"} + between, f"{hedges.value:.1f}"))
    return facts
