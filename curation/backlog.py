"""Reads of the backlog, and the sum that must hold: opened = open + resolved."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Project, User
from curation.models import BacklogItem


@dataclass(frozen=True, slots=True)
class Balance:
    """Counted in and counted out."""

    opened: int
    open: int
    resolved: dict[str, int]

    @property
    def holds(self) -> bool:
        """Nothing was lost on the way."""
        return self.opened == self.open + sum(self.resolved.values())


def balance(project: Project) -> Balance:
    """The books: `opened` is counted from the opening events, the rest from the items themselves."""
    from core.models import Event

    opened = Event.objects.filter(project_id=project.pk, name="backlog.open").count()
    resolved = BacklogItem.objects.filter(project=project, state="resolved")
    by_resolution = dict(resolved.values_list("resolution").annotate(count=Count("pk")))
    return Balance(opened, BacklogItem.objects.filter(project=project, state="open").count(), by_resolution)


def items(
    project: Project, *, state: str = "open", reason: str = "", owner: User | None = None
) -> QuerySet[BacklogItem]:
    """Items of one state, narrowed by reason and owner, with what a list shows."""
    found = BacklogItem.objects.filter(project=project, state=state).select_related(
        "trace", "version", "owner", "opened_by"
    )
    if reason:
        found = found.filter(reason=reason)
    return found.filter(owner=owner) if owner else found
