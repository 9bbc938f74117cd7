"""Celery's bell-ringing for curation: work is pulled by state, in micro-batches."""

import time

from celery import shared_task

from curation.actions.settle_traces import settle_traces

SETTLE_SECONDS = 30


@shared_task
def settle() -> int:
    """Settle what is due, for a bounded time; how many traces were taken."""
    until, taken = time.monotonic() + SETTLE_SECONDS, 0
    while time.monotonic() < until and (count := settle_traces()):
        taken += count
    return taken
