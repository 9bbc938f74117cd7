"""Where the team decided otherwise: a lead's adjudication of an item this person judged, with its reason.

Only items that are work: what is asked as gold is never told apart. Votes of others are not corrections:
disagreeing is not being wrong.
"""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from .models import Adjudication, AnnotatorProfile, ItemRole, Judgment, JudgmentRevision


@dataclass(frozen=True, slots=True)
class Correction:
    """One's own answer beside what a lead decided, and why."""

    judgment: Judgment
    said: JudgmentRevision
    decided: Adjudication


def corrected_judgments(profile: AnnotatorProfile) -> QuerySet[Judgment]:
    """Own answers to work items that a lead has decided after they were given, newest decision first."""
    latest = Adjudication.objects.filter(item=OuterRef("item")).order_by("-number")
    said = JudgmentRevision.objects.filter(judgment=OuterRef("pk")).order_by("-number")
    return (
        Judgment.objects.filter(
            Exists(latest), profile=profile, assignment__isnull=False, item__role=ItemRole.WORK
        )
        .select_related("item__version", "item__campaign", "assignment")
        .annotate(
            decided=Subquery(latest.values("pk")[:1]),
            decided_at=Subquery(latest.values("created_at")[:1]),
            outcome=Subquery(latest.values("outcome")[:1]),
            choice=Subquery(said.values("choice")[:1]),
        )
        .filter(decided_at__gt=F("created_at"))
        .exclude(outcome=F("choice"))
        .exclude(choice="accept", outcome="accepted")
        .exclude(choice="fix", outcome="fixed")
        .exclude(choice="drop", outcome="dropped")
    )


def read_corrections(judgments: list[Judgment]) -> list[Correction]:
    """The rows of a page with their decisions and last words: two queries, however many there are."""
    decided = Adjudication.objects.in_bulk([one.decided for one in judgments])  # type: ignore[attr-defined]
    said: dict[object, JudgmentRevision] = {}
    for revision in JudgmentRevision.objects.filter(judgment__in=judgments).order_by("number"):
        said[revision.judgment_id] = revision
    return [
        Correction(one, said[one.pk], decided[one.decided])  # type: ignore[attr-defined]
        for one in judgments
    ]
