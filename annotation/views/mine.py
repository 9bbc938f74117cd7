"""What is mine: counted hours, corrections, and everything recorded about me. Nobody else's."""

from datetime import date, timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import ProjectRequest, project_view
from core.csv_table import csv_text
from core.paging import keyset

from ..actions.profile import profile_of
from ..choices import Answer, Choice, RepairChoice
from ..corrections import Correction, corrected_judgments, read_corrections
from ..hours import hours_of, total
from ..models import AnnotatorProfile
from ..recorded import as_json, person_of, sections
from ..sides import as_shown
from .outcomes import choice_word, outcome_words, shown_words

MONTH = timedelta(days=30)


def tabs_of(request: ProjectRequest, profile: AnnotatorProfile, current: str) -> list[dict[str, Any]]:
    """The four faces of My work."""
    pages = [
        ("my-work", _("Answers"), None),
        ("my-corrections", _("Corrections"), corrected_judgments(profile).count()),
        ("my-hours", _("Hours"), None),
        ("my-records", _("What is recorded"), None),
    ]
    return [
        {
            "href": reverse(f"annotation:{name}", kwargs={"slug": request.project.slug}),
            "label": label,
            "count": count,
            "current": name == current,
        }
        for name, label, count in pages
    ]


@require_GET
@project_view("annotation.judge")
def corrections(request: HttpRequest) -> HttpResponse:
    """Where the team decided otherwise, and why."""
    request = cast(ProjectRequest, request)
    profile = profile_of(who=request.user, project=request.project)
    page = keyset(corrected_judgments(profile), request.GET, order=("-decided_at", "pk"), size=25)
    rows = [
        (one, choice_word(one.said, one.judgment.assignment), _decided(one))
        for one in read_corrections(list(page))
    ]
    context = {"page": page, "rows": rows, "tabs": tabs_of(request, profile, "my-corrections")}
    return render(request, "annotation/my_corrections.html", context)


def _decided(one: Correction) -> str:
    """What the lead decided, in the words of the screen the answer was given on."""
    assignment = one.judgment.assignment
    outcome = one.decided.outcome
    if assignment is None or one.judgment.item.kind == "repair" or one.said.choice in set(RepairChoice):
        return outcome_words()[outcome]
    answer = Answer(Choice(outcome), one.decided.strength)
    return shown_words()[as_shown(answer, swapped=assignment.swapped)]


@require_GET
@project_view("annotation.judge")
def hours(request: HttpRequest) -> HttpResponse:
    """Days with their counted time."""
    request = cast(ProjectRequest, request)
    profile = profile_of(who=request.user, project=request.project)
    first, last = span(request)
    days = hours_of(profile, first=first, last=last)
    most = max((one.hours for one in days), default=0.0)
    context = {
        "days": days,
        "total": total(days),
        "most": most,
        "first": first,
        "last": last,
        "tabs": tabs_of(request, profile, "my-hours"),
    }
    return render(request, "annotation/my_hours.html", context)


@require_GET
@never_cache
@project_view("annotation.judge")
def hours_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV: one line for each day and campaign."""
    request = cast(ProjectRequest, request)
    profile = profile_of(who=request.user, project=request.project)
    first, last = span(request)
    table = csv_text(
        ["day", "campaign", "answers", "changes", "practice", "hours", "seconds"],
        (
            [one.day.isoformat(), one.name, one.answers, one.changes, one.practice, f"{one.hours:.2f}", round(one.active.total_seconds())]
            for one in hours_of(profile, first=first, last=last)
        ),
    )  # fmt: skip
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="hours-{first}-{last}.csv"'
    return response


def span(request: HttpRequest) -> tuple[date, date]:
    """The days asked for; the last 30 without a word, and never backwards."""
    today = timezone.localdate()
    last = _day(request.GET.get("last", ""), today)
    first = _day(request.GET.get("first", ""), last - MONTH + timedelta(days=1))
    return min(first, last), last


def _day(given: str, default: date) -> date:
    try:
        day = parse_date(given)
    except ValueError:
        return default
    return day if day is not None and 2000 <= day.year <= 2200 else default


@require_GET
@project_view("annotation.judge")
def records(request: HttpRequest) -> HttpResponse:
    """How much of what is recorded."""
    request = cast(ProjectRequest, request)
    profile = profile_of(who=request.user, project=request.project)
    context = {
        "known": person_of(profile),
        "sections": [(one, one.rows.count()) for one in sections(profile)],
        "tabs": tabs_of(request, profile, "my-records"),
    }
    return render(request, "annotation/my_records.html", context)


@require_GET
@never_cache
@project_view("annotation.judge")
def records_json(request: HttpRequest) -> HttpResponseBase:
    """All of it as a file."""
    request = cast(ProjectRequest, request)
    profile = profile_of(who=request.user, project=request.project)
    response = StreamingHttpResponse(as_json(profile), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="about-me-{request.project.slug}.json"'
    return response
