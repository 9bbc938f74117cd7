"""Ring again for queued jobs and for jobs whose worker went silent; close those that used up their attempts."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from core.jobs.handlers import known_kinds
from core.jobs.queue import nudge
from core.models import Job, JobState

BATCH = 100


def reap() -> int:
    """One round; the number of jobs nudged. Safe to run anywhere, any number of times at once."""
    waiting = Job.objects.claimable().filter(kind__in=known_kinds()).order_by("run_after")
    with transaction.atomic():
        exhausted = waiting.filter(attempt__gte=F("max_attempts"))
        for job in exhausted.select_for_update(skip_locked=True)[:BATCH]:
            _close(job)
        due = list(waiting.filter(attempt__lt=F("max_attempts"))[:BATCH])
    for job in due:
        nudge(str(job.pk), job.queue)
    return len(due)


def _close(job: Job) -> None:
    Job.objects.filter(pk=job.pk, attempt=job.attempt).update(
        state=JobState.FAILED,
        finished_at=Now(),
        lease_until=None,
        error=job.error
        or f"The worker went silent {job.attempt} times; nothing more is tried. Its log says how far it came.",
    )
