"""Gold items and how people answered them, for leads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from .gold_posterior import Posterior, posterior
from .models import Campaign, GoldAnswer, Item, ItemRole, JudgmentRevision

MOST = 50_000
"""Answers to gold items that are read at most; the newest count."""


@dataclass(frozen=True, slots=True)
class GoldRow:
    """How one annotator did on gold items, by their first answers: what is changed later may have been talked about."""

    annotator: UUID
    simulated: bool
    posterior: Posterior


def gold_items(campaign: Campaign) -> "QuerySet[Item]":
    """Newest first, with how many people have answered each."""
    return (
        Item.objects.filter(campaign=campaign, role=ItemRole.GOLD)
        .select_related("version")
        .annotate(people=Count("judgments", distinct=True))
        .order_by("-created_at", "-pk")
    )


def standing_answers(items: Sequence[Item]) -> dict[UUID, GoldAnswer]:
    """The right answer that holds now, by item."""
    rows = GoldAnswer.objects.filter(item__in=items).select_related("author").order_by("item_id", "-number")
    return {row.item_id: row for row in rows.distinct("item_id")}


def gold_rows(campaign: Campaign) -> list[GoldRow]:
    """One row per annotator who met gold, those surely low first; judged by the answers that are right now."""
    latest = GoldAnswer.objects.filter(item=OuterRef("judgment__item")).order_by("-number")
    said = (
        JudgmentRevision.objects.filter(
            judgment__item__campaign=campaign, judgment__item__role=ItemRole.GOLD, number=1
        )
        .annotate(right=Subquery(latest.values("choice")[:1]))
        .order_by("-pk")
        .values_list("judgment__profile_id", "judgment__simulated", "choice", "right")[:MOST]
    )
    right: Counter[UUID] = Counter()
    seen: Counter[UUID] = Counter()
    simulated: dict[UUID, bool] = {}
    for annotator, by_program, choice, wanted in said:
        seen[annotator] += 1
        right[annotator] += choice == wanted
        simulated[annotator] = by_program
    rows = [GoldRow(who, simulated[who], posterior(right[who], n)) for who, n in seen.items()]
    return sorted(rows, key=lambda row: (row.posterior.high, row.annotator))
