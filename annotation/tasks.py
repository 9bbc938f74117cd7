"""Celery's part: return expired leases, and put the most telling pairs first, again and again."""

from celery import shared_task

from .actions import give_back
from .actions import release_axes as releases
from .actions.reprioritise import reprioritise
from .models import Campaign


@shared_task
def sweep_leases() -> int:
    """Slots of leases that ran out go back to the queue."""
    return give_back.sweep_leases()


@shared_task
def release_axes() -> int:
    """Reports about groups whose time has come."""
    return releases.release_axes()


@shared_task
def reprioritise_queues() -> int:
    """Open campaigns that select actively: how many pairs have a new place."""
    return sum(reprioritise(campaign) for campaign in Campaign.objects.filter(state="open"))
