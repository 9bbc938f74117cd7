"""Home: what waits for you, and the loop as a line with live counts at every station."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from accounts.access import ProjectRequest, project_view
from accounts.models import Project, User
from accounts.permissions import may, roles_of, verbs_of
from core.registry import Station, StationState, registry
from core.resting import rested
from web.inbox import waiting_for
from web.lately import lately
from web.navigation import current_project

SHOWN = 6


@dataclass(frozen=True)
class Stop:
    """A station as it is drawn: its name, its numbers, and a link for those who may follow it."""

    key: str
    label: Any
    href: str
    state: StationState


def _stop(station: Station, project: Project, verbs: frozenset[str]) -> Stop:
    href = ""
    if station.verb in verbs:
        try:
            href = reverse(station.url, kwargs={"slug": project.slug})
        except NoReverseMatch:
            href = ""
    key = f"station:{station.key}:{project.pk}:{get_language()}"
    return Stop(station.key, station.label, href, rested(key, lambda: station.read(project)))


def stops(project: Project, user: User) -> list[Stop]:
    """The whole line; people see every count of their project, links only where their role leads."""
    verbs = verbs_of(roles_of(user, project))
    return [_stop(station, project, verbs) for station in registry.stations_in_order()]


def _page(request: HttpRequest, project: Project, user: User) -> HttpResponse:
    items = waiting_for(project, user)
    line = stops(project, user)
    context = {
        "project": project,
        "stops": line,
        "may_begin": may(user, "trace.read", project) and not any(stop.state.main.value for stop in line),
        "items": items[:SHOWN],
        "more": max(0, len(items) - SHOWN),
        "happened": lately(project) if may(user, "audit.read", project) else [],
    }
    return render(request, "web/home.html", context)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The project this person used last, or a page that says how to get into one."""
    project = current_project(request)
    if project is None:
        return render(request, "web/no_project.html")
    return _page(request, project, request.user)  # type: ignore[arg-type]


@project_view("project.read")
def project_home(request: ProjectRequest, **_: Any) -> HttpResponse:
    """Home of one project."""
    return _page(request, request.project, request.user)


@project_view("project.read")
def loop(request: ProjectRequest, **_: Any) -> HttpResponse:
    """The line alone, polled by the home page."""
    found = stops(request.project, request.user)
    return render(request, "web/_loop.html", {"project": request.project, "stops": found})
