"""The page where a lead says what each service's traces may be used for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import PermissionRefused, Refused
from curation.actions.set_service_default import set_service_default
from curation.ingest_views import tabs
from curation.models import ServiceDefault, Trace, TrainingUse

SHOWN = 200
NEWEST = 50_000


@project_view("trace.read")
def training_use(request: ProjectRequest) -> HttpResponse:
    """Services by their newest traces, with what holds for each; POST sets one."""
    if request.method == "POST":
        return _set(request)
    context = {
        "services": _services(request),
        "uses": TrainingUse.choices,
        "newest": NEWEST,
        "may_manage": may(request.user, "curation.manage", request.project),
        "tabs": tabs(request.project.slug, "ingest"),
    }
    return render(request, "curation/training_use.html", context)


def _set(request: ProjectRequest) -> HttpResponse:
    service, use = request.POST.get("service", ""), request.POST.get("training_use", "")
    try:
        set_service_default(who=request.user, project=request.project, service=service, training_use=use)
        messages.success(request, _("Holds for traces of this service that begin to arrive from now on."))
    except PermissionRefused:
        raise
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("curation:training_use", slug=request.project.slug)


def _services(request: ProjectRequest) -> list[dict[str, Any]]:
    newest = (
        Trace.objects.filter(project=request.project).order_by("-occurred_at", "-id").values("pk")[:NEWEST]
    )
    counted = Trace.objects.filter(pk__in=newest).values("service").annotate(
        traces=Count("pk"),
        **{use: Count("pk", filter=Q(training_use=use)) for use in TrainingUse.values},
    )  # fmt: skip
    defaults = dict(
        ServiceDefault.objects.filter(project=request.project).values_list("service", "training_use")
    )
    rows: list[dict[str, Any]] = [dict(row) for row in counted.order_by("-traces", "service")[:SHOWN]]
    seen = {row["service"] for row in rows}
    rows += [{"service": name, "traces": 0} for name in sorted(defaults.keys() - seen)]
    return [{**row, "default": defaults.get(row["service"], "")} for row in rows if row["service"]]
