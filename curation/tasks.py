"""Celery's bell-ringing for curation: work is pulled by state, in micro-batches."""

import time
from collections.abc import Callable

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from accounts.models import Project
from core.actors import system
from core.errors import place_of
from core.locks import named_lock_if_free
from curation.actions.calibrate_difficulty import calibrate_when_due
from curation.actions.end_permissions import end_permissions
from curation.actions.retention import drop_old_days
from curation.actions.semantic import available, start_search, waiting
from curation.actions.settle_traces import settle_traces
from curation.actions.tally_minutes import tally_minutes
from curation.pipeline import curate_for

log = structlog.get_logger(__name__)
AT_MOST_SECONDS = 30
CURATE_SECONDS = 60


@shared_task
def settle() -> int:
    """Settle what is due, for a bounded time; how many traces were taken."""
    return _repeated(settle_traces)


def _repeated(part: Callable[[], int]) -> int:
    """One part after another until none is left or the time is over; how much was done."""
    until, done = time.monotonic() + AT_MOST_SECONDS, 0
    while time.monotonic() < until and (count := part()):
        done += count
    return done


@shared_task
def curate() -> int:
    """Work on every project's curation for a bounded time; how many steps versions took.

    One worker process at a time, so that curation never keeps the others from jobs and settling.
    """
    with named_lock_if_free("curate") as held:
        if not held:
            return 0
        return sum(_curated(project) for project in Project.objects.order_by("created_at"))


@shared_task
def tally() -> int:
    """Add up what came in during the minutes that are over, project by project; how many rows were written."""
    with named_lock_if_free("tally") as held:
        if not held:
            return 0
        return sum(tally_minutes(pk) for pk in Project.objects.values_list("pk", flat=True))


def _curated(project: Project) -> int:
    """What breaks in one project is logged and does not keep the next one waiting."""
    try:
        taken = curate_for(project, CURATE_SECONDS)
        calibrate_when_due(project)
        return taken
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.error(
            "curation.fault", project=str(project.pk), error=type(error).__name__, place=place_of(error)
        )
        return 0


@shared_task
def permissions() -> int:
    """Deny what was allowed until now, for a bounded time; how many traces. A whole file may end at one moment."""
    return _repeated(end_permissions)


@shared_task
def retain() -> int:
    """Drop the days that are past their retention time; how many. Hourly, as a day in use is left for the next round."""
    if not settings.RETENTION_DAYS:
        return 0
    return len(drop_old_days(actor=system("retention"), days=settings.RETENTION_DAYS).days)


@shared_task
def semantic() -> int:
    """Queue the comparison of meaning where something new was kept and the extra `embed` is there; how many projects."""
    if not available():
        return 0
    due = [project for project in Project.objects.order_by("created_at") if waiting(project)]
    for project in due:
        start_search(project=project)
    return len(due)
