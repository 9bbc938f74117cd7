"""How long somebody worked, as far as the store believes a browser's clock: never longer than they can have."""

from datetime import datetime

from django.db.models import Sum
from django.utils import timezone

from .models import Assignment, Judgment
from .practice import Round

MOST_MS = 2**31 - 1


def of_answer(said: int | None, assignment: Assignment) -> int | None:
    """No longer than the item was held; programs say how long people would have taken."""
    held = MOST_MS if assignment.profile.simulated else _since(assignment.claimed_at)
    return _within(said, held)


def of_change(said: int | None, judgment: Judgment) -> int | None:
    """No longer than a lease, and with all that was counted before no longer than since the item was first held."""
    assert judgment.assignment is not None
    left = _since(judgment.assignment.claimed_at) - _counted(judgment)
    return _within(said, min(left, judgment.item.campaign.lease_seconds * 1000))


def of_practice(said: int | None, now: Round) -> int | None:
    """No longer than a lease, and with the answers before it no longer than the try is old."""
    counted = sum(answer.active_ms or 0 for answer in now.answers.values())
    left = _since(now.attempt.started_at) - counted
    return _within(said, min(left, now.attempt.campaign.lease_seconds * 1000))


def _since(moment: datetime) -> int:
    return int((timezone.now() - moment).total_seconds() * 1000)


def _counted(judgment: Judgment) -> int:
    return int(judgment.revisions.aggregate(ms=Sum("active_ms", default=0))["ms"])


def _within(said: int | None, most: int) -> int | None:
    return None if said is None or said < 0 else max(0, min(said, most, MOST_MS))
