"""Celery's part: return expired leases, again and again."""

from celery import shared_task

from .actions import give_back
from .actions import release_axes as releases


@shared_task
def sweep_leases() -> int:
    """Slots of leases that ran out go back to the queue."""
    return give_back.sweep_leases()


@shared_task
def release_axes() -> int:
    """Reports about groups whose time has come."""
    return releases.release_axes()
