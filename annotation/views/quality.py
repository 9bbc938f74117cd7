"""Quality of a campaign: agreement, crowd models, soft labels, bias and checks, as the last report says."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused
from core.models import Job

from .. import next_item
from ..actions.report_quality import job_key, start_report
from ..jobs import QUALITY
from ..models import Campaign, QualityReport
from ..quality.latest import answers_since, last_of
from .quality_plots import agreement_plot, soft_plot, strength_plot
from .quality_words import annotator_rows, check_rows, model_rows

SINCE = 1_000
"""Answers since the report are counted no further."""
PAGE = 100


@require_GET
@project_view("annotation.read")
def quality(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The last report; while a new one is computed, how far that is."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    job = _live(campaign)
    if request.headers.get("HX-Request"):
        if job is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "annotation/_quality_live.html", {"campaign": campaign, "job": job})
    report = last_of(campaign)
    manages = may(request.user, "annotation.manage", request.project)
    context: dict[str, Any] = {
        "campaign": campaign,
        "job": job,
        "failed": _failed(campaign) if job is None else None,
        "report": report,
        "since": answers_since(campaign, report, most=SINCE),
        "may_manage": manages,
    }
    if report is not None:
        context |= _shown(request, report, manages)
    return render(request, "annotation/quality.html", context)


@require_POST
@project_view("annotation.manage")
def run(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Compute the report over the votes as they stand."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    try:
        start_report(who=request.user, campaign=campaign)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("annotation:quality", slug=request.project.slug, campaign_id=campaign_id)


def _campaign(request: ProjectRequest, campaign_id: UUID) -> Campaign:
    found = next_item.chosen_campaign(request.project, str(campaign_id))
    assert found is not None
    return found


def _jobs(campaign: Campaign) -> Any:
    return Job.objects.filter(kind=QUALITY, dedupe_key=job_key(campaign))


def _live(campaign: Campaign) -> Job | None:
    return _jobs(campaign).live().first()  # type: ignore[no-any-return]


def _failed(campaign: Campaign) -> Job | None:
    """The last job, where it came to nothing."""
    last = _jobs(campaign).order_by("-created_at").first()
    return last if last is not None and last.state == "failed" else None


def _shown(request: ProjectRequest, report: QualityReport, manages: bool) -> dict[str, Any]:
    """The report as the page says it; numbers of single people are for leads only."""
    numbers = report.numbers
    people = numbers["annotators"]
    start = _start(request, len(people))
    return {
        "numbers": numbers,
        "agreement_plot": agreement_plot(numbers["agreement"]),
        "soft_plot": soft_plot(numbers["soft"]),
        "strength_plot": strength_plot(numbers["strengths"]),
        "models": model_rows(numbers["models"]),
        "checks": check_rows(people),
        "annotators": annotator_rows(people[start : start + PAGE]) if manages else [],
        "later": start + PAGE if manages and start + PAGE < len(people) else None,
        "earlier": max(0, start - PAGE) if start else None,
        "people": len(people),
        "alarms": sum(any(one["alarm"] for one in row["checks"]) for row in people),
    }


def _start(request: ProjectRequest, people: int) -> int:
    given = request.GET.get("from", "")
    return min(int(given), people) if given.isdecimal() and len(given) < 8 else 0
