"""What a person has done: their own judgments with history, and counts. Nobody else's."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from .models import AnnotatorProfile, ItemRole, Judgment, JudgmentRevision


@dataclass(frozen=True, slots=True)
class WorkSummary:
    """Counts of one annotator; `active` is the time the page saw them at work, idle excluded."""

    answers: int
    today: int
    counted: int
    revised: int
    active: timedelta


def own_judgments(profile: AnnotatorProfile) -> QuerySet[Judgment]:
    """Newest first; votes a fix made by itself are not listed, the repair stands for them."""
    return (
        Judgment.objects.filter(profile=profile, assignment__isnull=False)
        .select_related("item__campaign", "item__version", "assignment")
        .annotate(last=Max("revisions__number"))
    )


def summarise(profile: AnnotatorProfile) -> WorkSummary:
    """Counts over everything this person has judged here."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    own = Judgment.objects.filter(profile=profile, assignment__isnull=False)
    counts = own.aggregate(
        answers=Count("pk"),
        today=Count("pk", filter=Q(created_at__gte=midnight)),
        counted=Count("pk", filter=Q(slot__isnull=False) | ~Q(item__role=ItemRole.WORK)),
    )
    revisions = JudgmentRevision.objects.filter(judgment__in=own)
    spent = revisions.filter(number=1).aggregate(ms=Sum("active_ms", default=0))["ms"]
    revised = revisions.filter(number=2).count()
    return WorkSummary(**counts, revised=revised, active=timedelta(milliseconds=spent))
