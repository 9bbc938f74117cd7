"""The index on the shared pages: navigation and its station of the loop."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from core.registry import Count, StationState, registry
from indexer import queries
from indexer.models import DocumentVersion


def read_station(project: Project) -> StationState:
    """Documents in search, passages, what waits; busy while a build works."""
    versions = DocumentVersion.objects.of(project)
    current, working = queries.current_build(project), queries.working_build(project)
    passages = int(current.counts.get("passages", 0)) if current else 0
    others = [Count(passages, _("passages"))]
    if waiting := versions.pending().count():
        others.append(Count(waiting, _("waiting"), "active"))
    busy = (working.job.doing or _("Index build")) if working and working.job else ""
    return StationState(Count(versions.live().count(), _("documents"), "kept"), tuple(others), busy=busy)


registry.add_nav(
    gettext_lazy("Index"), "indexer:board", roles={"data_lead", "ml_engineer", "admin"}, order=40
)
registry.add_nav(gettext_lazy("Search"), "indexer:search", roles={"annotator"}, order=40)
registry.add_station(
    "indexer", gettext_lazy("Indexed"), "indexer:board", verb="index.read", order=40, read=read_station
)
