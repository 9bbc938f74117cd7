"""Celery's part: return expired leases, again and again."""

from celery import shared_task

from .actions import give_back


@shared_task
def sweep_leases() -> int:
    """Slots of leases that ran out go back to the queue."""
    return give_back.sweep_leases()
