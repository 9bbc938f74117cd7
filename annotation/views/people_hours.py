"""Counted hours of everybody who works here, for whoever pays them: by person on the page, by day as CSV."""

from datetime import date, timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import ProjectRequest, project_view
from core.csv_table import csv_text

from ..hours import DayOfPerson, hours_of_people, total
from ..models import AnnotatorProfile, Campaign
from ..next_item import chosen_campaign
from .mine import span

HEAD = (
    "email", "name", "team", "day", "campaign", "answers", "changes", "practice", "hours", "seconds",
)  # fmt: skip


@require_GET
@project_view("annotation.manage")
def hours(request: HttpRequest) -> HttpResponse:
    """Everybody with the time they worked in these days, on one campaign or all."""
    request = cast(ProjectRequest, request)
    campaign, first, last = _asked(request)
    days = hours_of_people(request.project, first=first, last=last, campaign=campaign)
    context = {
        "rows": _by_person(days),
        "total": total(one.work for one in days),
        "campaign": campaign,
        "campaigns": Campaign.objects.filter(project=request.project).order_by("name"),
        "first": first,
        "last": last,
    }
    return render(request, "annotation/people_hours.html", context)


@require_GET
@never_cache
@project_view("annotation.manage")
def hours_csv(request: HttpRequest) -> HttpResponse:
    """One line for each person, day and campaign."""
    request = cast(ProjectRequest, request)
    campaign, first, last = _asked(request)
    days = hours_of_people(request.project, first=first, last=last, campaign=campaign)
    response = HttpResponse(csv_text(HEAD, map(_line, days)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="hours-of-people-{first}-{last}.csv"'
    return response


def _asked(request: ProjectRequest) -> tuple[Campaign | None, date, date]:
    return chosen_campaign(request.project, request.GET.get("campaign", "")), *span(request)


def _line(one: DayOfPerson) -> list[Any]:
    profile, work = one.profile, one.work
    return [
        profile.user.email if profile.user else "",
        _name(profile),
        profile.team,
        work.day.isoformat(),
        work.name,
        work.answers,
        work.changes,
        work.practice,
        f"{work.hours:.2f}",
        round(work.active.total_seconds()),
    ]


def _name(profile: AnnotatorProfile) -> str:
    return profile.user.name if profile.user else _("removed account")


def _by_person(days: list[DayOfPerson]) -> list[dict[str, Any]]:
    """A row a person, in the order of the lines."""
    rows: dict[Any, dict[str, Any]] = {}
    for one in days:
        row = rows.setdefault(
            one.profile.pk,
            {"profile": one.profile, "days": set(), "answers": 0, "practice": 0, "active": timedelta()},
        )
        row["days"].add(one.work.day)
        row["answers"] += one.work.answers
        row["practice"] += one.work.practice
        row["active"] += one.work.active
    return [
        {**row, "days": len(row["days"]), "hours": row["active"].total_seconds() / 3600}
        for row in rows.values()
    ]
