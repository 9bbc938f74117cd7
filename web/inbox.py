"""What waits for this person, gathered from every app that registered a provider."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import ProjectRequest, project_view
from accounts.models import Project, User
from accounts.permissions import roles_of, verbs_of
from core.registry import InboxItem, registry


def waiting_for(project: Project, user: User) -> list[InboxItem]:
    """Everything that waits, oldest first; a queue that is always there comes after what somebody asked for."""
    verbs = verbs_of(roles_of(user, project))
    found: list[InboxItem] = []
    for verb, provider in registry.inbox.values():
        if verb in verbs:
            found.extend(provider(project, user))
    return sorted(found, key=lambda item: (item.since is None, item.since.timestamp() if item.since else 0.0))


def by_kind(items: Iterable[InboxItem]) -> list[tuple[Any, list[InboxItem]]]:
    """The items under their kinds, in the order the kinds first appear."""
    groups: dict[str, tuple[Any, list[InboxItem]]] = {}
    for item in items:
        groups.setdefault(str(item.kind), (item.kind, []))[1].append(item)
    return list(groups.values())


@project_view("project.read")
def inbox(request: ProjectRequest, **_: Any) -> HttpResponse:
    """The inbox page."""
    items = waiting_for(request.project, request.user)
    return render(request, "web/inbox.html", {"groups": by_kind(items), "count": len(items)})
