"""The curation stations in turn, pulled by state: each of `STATIONS` until it has nothing left to take."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count

from accounts.models import Project
from core import embedding
from curation.actions.flag_by_meaning import flag_by_meaning
from curation.actions.follow_permissions import follow_permissions
from curation.actions.index_search import index_search
from curation.actions.read_versions import read_versions
from curation.actions.recheck import recheck
from curation.actions.red_team import prove_stale
from curation.actions.rescreen import rescreen
from curation.actions.stratify import stratify
from curation.dedup.keep import choice_of
from curation.dedup.merge import merge
from curation.dedup.probe import probe
from curation.dedup.rerank import rerank
from curation.dedup.respec import respec
from curation.models import Cluster, CurationState
from curation.models.conversation import CurationStep

Progress = Callable[[str, int], None]
STATIONS: tuple[tuple[str, Callable[[Project], int]], ...] = (
    ("respec", lambda project: respec(project.pk)),
    ("read", read_versions),
    ("index", index_search),
    ("probe", lambda project: probe(project.pk)),
    ("rerank", lambda project: rerank(project.pk)),
    ("merge", lambda project: merge(project.pk)),
    ("rescreen", rescreen),
    ("permit", follow_permissions),
    ("recheck", recheck),
    ("prove", prove_stale),
    ("stratify", stratify),
    ("flag", flag_by_meaning),
)


@dataclass
class CurationReport:
    """Where everything of a project stands: `counts` of live versions by outcome adds up to `versions`."""

    counts: dict[str, int] = field(default_factory=dict)
    clusters: int = 0
    domains: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    embedded: bool = False


def run_curation(project: Project, *, on_progress: Progress | None = None) -> CurationReport:
    """Work through everything pending and say where it all stands. Safe beside workers that do the same."""
    seconds: dict[str, float] = defaultdict(float)
    while _round(project, seconds, on_progress, until=None):
        pass
    report = report_on(project)
    report.seconds = {name: round(value, 2) for name, value in seconds.items()}
    return report


def curate_for(project: Project, seconds: float) -> int:
    """Work on a project for about this long; how many steps versions took."""
    return _round(project, defaultdict(float), None, until=time.monotonic() + seconds)


def _round(
    project: Project, seconds: dict[str, float], on_progress: Progress | None, *, until: float | None
) -> int:
    """Drain each station in turn, so that a later one sees whole batches."""
    total = 0
    for name, station in STATIONS:
        started = time.monotonic()
        while taken := station(project):
            total += taken
            if on_progress is not None:
                on_progress(name, taken)
            if until is not None and time.monotonic() > until:
                break
        seconds[name] += time.monotonic() - started
        if until is not None and time.monotonic() > until:
            break
    return total


def report_on(project: Project) -> CurationReport:
    """Counts by outcome, clusters and domains of what is kept, from the projection."""
    live = CurationState.objects.filter(project=project).exclude(step=CurationStep.SUPERSEDED)
    counts: Counter[str] = Counter()
    for reason, step, count in live.values_list("drop_reason", "step").annotate(count=Count("pk")):
        counts["versions"] += count
        counts[reason or ("kept" if step == CurationStep.DONE else "pending")] += count
    kept = live.filter(drop_reason="", step=CurationStep.DONE)
    domains = dict(kept.values_list("domain").annotate(count=Count("pk")).order_by("-count"))
    clusters = Cluster.objects.filter(project=project, view=choice_of(project.pk).dropping_view).count()
    return CurationReport(dict(counts), clusters, domains, {}, embedding.available())
