"""Counted hours: the active time of answers, changes and practice, by day in the person's zone and by campaign.

Active time comes from the page: it runs while the page is visible and stops 30 seconds after the last sign of life;
an answer never counts longer than its item was held. A fix's own vote adds nothing: its time is the repair's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from .models import AnnotatorProfile, JudgmentRevision, PracticeAnswer

LONGEST_SPAN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DayOfWork:
    """One day on one campaign: answers given, answers changed, practice items, and the active time of all of them."""

    day: date
    campaign: UUID
    name: str
    answers: int
    changes: int
    practice: int
    active: timedelta

    @property
    def hours(self) -> float:
        """Active time in hours."""
        return self.active.total_seconds() / 3600


def hours_of(profile: AnnotatorProfile, *, first: date, last: date) -> list[DayOfWork]:
    """Days with work from `first` to `last`, newest first; at most a year of them."""
    since = max(first, last - LONGEST_SPAN)
    zone = timezone.get_current_timezone()
    begin = datetime.combine(since, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    day = TruncDate("created_at", tzinfo=zone)
    judged = (
        JudgmentRevision.objects.filter(
            judgment__profile=profile,
            judgment__assignment__isnull=False,
            created_at__gte=begin,
            created_at__lt=end,
        )
        .values("judgment__item__campaign", "judgment__item__campaign__name", day=day)
        .annotate(
            answers=Count("pk", filter=Q(number=1)),
            changes=Count("pk", filter=Q(number__gt=1)),
            ms=Sum("active_ms", default=0),
        )
    )
    practised = (
        PracticeAnswer.objects.filter(practice__profile=profile, created_at__gte=begin, created_at__lt=end)
        .values("practice__campaign", "practice__campaign__name", day=day)
        .annotate(n=Count("pk"), ms=Sum("active_ms", default=0))
    )
    return _joined(
        [
            *(
                DayOfWork(
                    row["day"],
                    row["judgment__item__campaign"],
                    row["judgment__item__campaign__name"],
                    row["answers"],
                    row["changes"],
                    0,
                    timedelta(milliseconds=row["ms"]),
                )
                for row in judged
            ),
            *(
                DayOfWork(
                    row["day"],
                    row["practice__campaign"],
                    row["practice__campaign__name"],
                    0,
                    0,
                    row["n"],
                    timedelta(milliseconds=row["ms"]),
                )
                for row in practised
            ),
        ]
    )


def _joined(parts: Iterable[DayOfWork]) -> list[DayOfWork]:
    """Work and practice of one campaign on one day are one line."""
    found: dict[tuple[date, UUID], DayOfWork] = {}
    for part in parts:
        known = found.get((part.day, part.campaign))
        found[part.day, part.campaign] = (
            part
            if known is None
            else DayOfWork(
                part.day,
                part.campaign,
                part.name,
                known.answers + part.answers,
                known.changes + part.changes,
                known.practice + part.practice,
                known.active + part.active,
            )
        )
    return sorted(found.values(), key=lambda one: (-one.day.toordinal(), one.name, str(one.campaign)))


def total(days: Iterable[DayOfWork]) -> timedelta:
    """All of it."""
    return sum((one.active for one in days), timedelta())
