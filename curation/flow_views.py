"""The live parts of the page of what came in: how it goes now, its course, and what it adds up to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import ProjectRequest, project_view
from accounts.models import ApiToken
from accounts.permissions import may
from accounts.usage import usage_of
from curation.arrivals import lags, quantiles, uses, waiting
from curation.flow import flow
from curation.flow_plots import counts_plot, rate_plot, redacted_plot, took_plot, use_plot
from curation.models import DroppedDay
from curation.retention import days_kept
from curation.spending import cost_plot, spending

PRESENT = 15
DAYS_SHOWN = 10
DROPPED_SHOWN = 5


@dataclass(frozen=True)
class Window:
    """A stretch of time to look at: its length, the step of its plots, and the unit of its axis."""

    name: str
    label: str | Promise
    minutes: int
    step: timedelta
    unit: str


WINDOWS = (
    Window("15m", _("15 minutes"), 15, timedelta(minutes=1), "minutes"),
    Window("24h", _("24 hours"), 24 * 60, timedelta(minutes=20), "hours"),
    Window("7d", _("7 days"), 7 * 24 * 60, timedelta(hours=2), "days"),
)
DEFAULT = WINDOWS[1]
_SAID = {"trace": _("Said by the trace"), "batch": _("Said with its batch"), "token": _("Set by its token"),
         "project": _("By default")}  # fmt: skip


def window_of(request: ProjectRequest) -> Window:
    """The one that `?window=` names, a day where it names none."""
    return next((one for one in WINDOWS if one.name == request.GET.get("window")), DEFAULT)


def frame(request: ProjectRequest) -> dict[str, Any]:
    """What the page around the live parts needs: the windows, and whether it stands still (`?live=off`)."""
    address, shown = reverse("curation:ingest", args=[request.project.slug]), window_of(request)
    still = request.GET.get("live") == "off"
    return {
        "window": shown,
        "still": still,
        "windows": [
            {"label": one.label, "href": f"{address}?window={one.name}{'&live=off' if still else ''}",
             "current": one is shown}
            for one in WINDOWS
        ],
    }  # fmt: skip


def present(request: ProjectRequest) -> dict[str, Any]:
    """How it goes now: rate, what a batch takes, lag, and what waits."""
    tally = flow(request.project.pk, minutes=PRESENT).total()
    stored, settled = lags(request.project)
    return {
        "tally": tally,
        "rate": tally.rows / (PRESENT * 60),
        "took": quantiles(tally.took),
        "stored": stored,
        "settled": settled,
        "waiting": waiting(request.project),
    }


@project_view("trace.read")
def now(request: ProjectRequest) -> HttpResponse:
    """Loaded again every few seconds while somebody looks."""
    return render(request, "curation/_flow_now.html", frame(request) | present(request))


@project_view("trace.read")
def course(request: ProjectRequest) -> HttpResponse:
    """Rate and time over the window."""
    return render(request, "curation/_flow_course.html", frame(request) | course_of(request))


def course_of(request: ProjectRequest) -> dict[str, Any]:
    """The two plots that move."""
    shown = window_of(request)
    seen = flow(request.project.pk, minutes=shown.minutes)
    return {
        "rate_plot": rate_plot(seen, shown.step, shown.unit),
        "took_plot": took_plot(seen, shown.step, shown.unit),
    }


@project_view("trace.read")
def totals(request: ProjectRequest) -> HttpResponse:
    """What the window adds up to: refusals by reason, what was redacted, what may be trained on."""
    shown = window_of(request)
    seen = flow(request.project.pk, minutes=shown.minutes)
    tally, use = seen.total(), uses(request.project)
    context = frame(request) | {
        "tally": tally,
        "routes": [(route, one, quantiles(one.took)) for route, one in seen.by_route()],
        "codes": tally.codes.most_common(),
        "redacted": counts_plot(str(_("Redacted by kind")), tally.redactions, str(_("values"))),
        "redacted_course": redacted_plot(seen, shown.step, shown.unit),
        "use": use,
        "use_plot": use_plot(use.counts),
        "use_said": [
            (_SAID.get(source, source or _("nobody")), word, number)
            for (word, source), number in use.sources.most_common()
        ],
        "may_manage_tokens": may(request.user, "token.manage", request.project),
    }
    return render(request, "curation/_flow_totals.html", context)


@project_view("trace.read")
def ledger(request: ProjectRequest) -> HttpResponse:
    """What it costs, in tokens and dollars, who sends it, and how long it is kept."""
    spent = spending(request.project)
    tokens = list(ApiToken.objects.filter(project=request.project, revoked_at__isnull=True).order_by("name"))
    used = usage_of([token.pk for token in tokens])
    kept = days_kept()
    context = {
        "spent": spent,
        "cost_plot": cost_plot(spent) if spent else None,
        "senders": [_sender(token, used) for token in tokens if {"ingest", "write"} & set(token.scopes)],
        "counted": used is not None,
        "kept": kept[:DAYS_SHOWN],
        "kept_before": kept[DAYS_SHOWN:],
        "kept_bytes": sum(day.bytes for day in kept),
        "oldest": kept[-1] if kept else None,
        "retention": settings.RETENTION_DAYS,
        "drops": kept[-1].day + timedelta(days=settings.RETENTION_DAYS + 1)
        if kept and settings.RETENTION_DAYS
        else None,
        "dropped": DroppedDay.objects.order_by("-day")[:DROPPED_SHOWN],
    }
    return render(request, "curation/_flow_ledger.html", context)


def _sender(token: ApiToken, used: dict[uuid.UUID, dict[date, int]] | None) -> dict[str, Any]:
    """A token that may send, with its rows today and in the last days; None while they cannot be counted."""
    days = list((used or {}).get(token.pk, {}).values())
    return {"token": token, "today": days[0] if days else None, "week": sum(days) if days else None}
