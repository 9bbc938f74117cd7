"""The side of every page: where this person can go in this project, and how much waits there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.models import Project, Role, User
from accounts.permissions import roles_of
from core.registry import NavEntry, registry

BADGE_SECONDS = 5
LETTERS = {
    "inbox": "i",
    "curation:traces": "t",
    "curation:board": "c",
    "annotation:judge": "j",
    "annotation:my-work": "w",
    "annotation:campaigns": "p",
    "indexer:board": "x",
    "snapshots:list": "s",
    "trainers:runs": "r",
    "trainers:models": "m",
}
"""Pressed after g, the letter goes there from any page."""


@dataclass(frozen=True)
class NavLink:
    """One link as the template draws it."""

    label: Any
    href: str
    current: bool
    waiting: int = 0
    letter: str = ""


@dataclass(frozen=True)
class NavGroup:
    """Links under one heading; the first group has none."""

    label: Any
    links: list[NavLink]


def current_project(request: HttpRequest) -> Project | None:
    """The project of the URL, else the one this person used last, else their first."""
    project = getattr(request, "project", None)
    if isinstance(project, Project):
        if request.session.get("project") != project.slug:
            request.session["project"] = project.slug
        return project
    visible = Project.objects.visible_to(request.user).order_by("created_at")  # type: ignore[arg-type]
    last = request.session.get("project")
    return (visible.filter(slug=last).first() if last else None) or visible.first()


def _href(name: str, project: Project) -> str:
    try:
        return reverse(name, kwargs={"slug": project.slug})
    except NoReverseMatch:
        return ""


def _reach(entry: NavEntry, project: Project, path: str) -> int:
    """How much of the path lies under one of the entry's pages; 0 where none of them does."""
    pages = [_href(name, project) for name in (entry.url, *entry.covers)]
    return max((len(page) for page in pages if page and path.startswith(page)), default=0)


def _waiting(entry: NavEntry, project: Project, user: User) -> int:
    """How much waits there, at most BADGE_SECONDS old: a badge is not worth a dozen queries on every page."""
    if entry.waiting is None:
        return 0
    count = entry.waiting
    key = f"nav:{entry.url}:{project.pk}:{user.pk}"
    return int(cache.get_or_set(key, lambda: count(project, user), BADGE_SECONDS) or 0)


def nav_links(entries: Iterable[NavEntry], project: Project, user: User, path: str) -> list[NavLink]:
    """The links, the one with the longest matching path marked as current."""
    found = [(entry, _href(entry.url, project)) for entry in entries]
    shown = [(entry, href) for entry, href in found if href]
    reach = {entry.url: _reach(entry, project, path) for entry, _ in shown}
    furthest = max(reach.values(), default=0)
    current = next((name for name, far in reach.items() if far and far == furthest), "")
    return [
        NavLink(
            entry.label,
            href,
            entry.url == current,
            _waiting(entry, project, user),
            LETTERS.get(entry.url, ""),
        )
        for entry, href in shown
    ]


def nav_groups(project: Project, user: User, roles: frozenset[Role], path: str) -> list[NavGroup]:
    """Work first, then what is set up rarely."""
    entries = registry.nav_for([role.value for role in roles])
    groups: dict[str, list[NavEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    return [NavGroup(name, nav_links(group, project, user, path)) for name, group in groups.items()]


def roles_here(request: HttpRequest, project: Project | None) -> frozenset[Role]:
    """The roles the signed-in person holds in the project."""
    return roles_of(request.user, project) if project is not None else frozenset()  # type: ignore[arg-type]
