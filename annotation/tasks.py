"""Celery's part: what is done again and again, without anybody asking."""

from celery import shared_task

from .actions import give_back
from .actions import refresh_reports as reports
from .actions import release_axes as releases
from .actions.reprioritise import reprioritise
from .bridge import rounds
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


@shared_task
def refresh_reports() -> int:
    """Quality reports of open campaigns that are old."""
    return reports.refresh_reports()


@shared_task
def pull_argilla() -> int:
    """Answers of open campaigns that are judged in Argilla."""
    return rounds.pull_open()
