"""Counted hours: the active time of answers, changes and practice, by day in the person's zone and by campaign.

Active time comes from the page: it runs while the page is visible and stops 30 seconds after the last sign of life;
an answer never counts longer than its item was held, a change and a practice answer never longer than a lease. A fix's
own vote adds nothing: its time is the repair's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Project

from .models import AnnotatorProfile, Campaign, JudgmentRevision, PracticeAnswer

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


@dataclass(frozen=True, slots=True)
class DayOfPerson:
    """One person's day on one campaign."""

    profile: AnnotatorProfile
    work: DayOfWork


def hours_of(profile: AnnotatorProfile, *, first: date, last: date) -> list[DayOfWork]:
    """Days with work from `first` to `last`, newest first; at most a year of them."""
    found = _days(AnnotatorProfile.objects.filter(pk=profile.pk), first, last)
    return found.get(profile.pk, [])


def hours_of_people(
    project: Project, *, first: date, last: date, campaign: Campaign | None = None
) -> list[DayOfPerson]:
    """The same of everybody who worked here, simulated annotators left out; person by person, in the reader's zone."""
    people = AnnotatorProfile.objects.filter(project=project, simulated=False).select_related("user")
    found = _days(people, first, last, campaign)
    worked = sorted(people.filter(pk__in=found), key=lambda one: (one.user.email if one.user else "", one.pk))
    return [DayOfPerson(profile, work) for profile in worked for work in found[profile.pk]]


def _days(
    people: "QuerySet[AnnotatorProfile]", first: date, last: date, campaign: Campaign | None = None
) -> dict[UUID, list[DayOfWork]]:
    since = max(first, last - LONGEST_SPAN)
    zone = timezone.get_current_timezone()
    begin = datetime.combine(since, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    day = TruncDate("created_at", tzinfo=zone)
    revisions = JudgmentRevision.objects.filter(
        judgment__profile__in=people.values("pk"),
        judgment__assignment__isnull=False,
        created_at__gte=begin,
        created_at__lt=end,
    )
    practice = PracticeAnswer.objects.filter(
        practice__profile__in=people.values("pk"), created_at__gte=begin, created_at__lt=end
    )
    if campaign is not None:
        revisions = revisions.filter(judgment__item__campaign=campaign)
        practice = practice.filter(practice__campaign=campaign)
    judged = (
        revisions.annotate(day=day)
        .values_list("judgment__profile", "judgment__item__campaign", "judgment__item__campaign__name", "day")
        .annotate(
            answers=Count("pk", filter=Q(number=1)),
            changes=Count("pk", filter=Q(number__gt=1)),
            ms=Sum("active_ms", default=0),
        )
    )
    practised = (
        practice.annotate(day=day)
        .values_list("practice__profile", "practice__campaign", "practice__campaign__name", "day")
        .annotate(items=Count("pk"), ms=Sum("active_ms", default=0))
    )
    parts: dict[UUID, list[DayOfWork]] = {}
    for person, campaign_id, name, on, answers, changes, ms in judged:
        work = DayOfWork(on, campaign_id, name, answers, changes, 0, timedelta(milliseconds=ms))
        parts.setdefault(person, []).append(work)
    for person, campaign_id, name, on, n, ms in practised:
        work = DayOfWork(on, campaign_id, name, 0, 0, n, timedelta(milliseconds=ms))
        parts.setdefault(person, []).append(work)
    return {person: _joined(days) for person, days in parts.items()}


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
