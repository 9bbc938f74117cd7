"""Which items wait for somebody to decide over their votes: those in conflict, the most divided, those a model contradicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User

from .adjudicators import within_reach
from .models import Assignment, Campaign, Item, ItemRole, Judgment, QualityReport, SoftLabel

MOST = 1_000
"""Counts a page shows stop here."""


class Order(StrEnum):
    """By what kind of disagreement."""

    CONFLICT = "conflict"
    DIVIDED = "divided"
    CONTESTED = "contested"


def order_words() -> Mapping[str, str]:
    """The orders as tabs say them."""
    return {
        Order.CONFLICT: _("No majority"),
        Order.DIVIDED: _("Most divided"),
        Order.CONTESTED: _("A model against the votes"),
    }


@dataclass(frozen=True, slots=True)
class Place:
    """The item to decide over now, how many wait in this order (capped), and the one after it."""

    item: Item | None
    waiting: int
    after: UUID | None


def waiting(campaign: Campaign, who: User, order: Order) -> "QuerySet[Any, UUID]":
    """Ids of undecided disagreement this person has no part in, worst first; the last two orders are those of the last report."""
    items = _without_own(campaign, who)
    if order is Order.CONFLICT:
        conflicts = items.filter(decision__outcome="conflict")
        return conflicts.order_by("decision__decided_at", "pk").values_list("pk", flat=True)
    report = QualityReport.objects.filter(campaign=campaign).order_by("-created_at").first()
    soft = SoftLabel.objects.filter(report=report, entropy__gt=0, item__in=items)
    if order is Order.CONTESTED:
        soft = soft.filter(contested=True)
    return soft.order_by("-entropy", "pk").values_list("item_id", flat=True)


def place(campaign: Campaign, who: User, order: Order, at: UUID | None) -> Place:
    """The item `at`, if it waits, else the first; and where to go from there."""
    found = list(waiting(campaign, who, order)[:MOST])
    if not found:
        return Place(None, 0, None)
    now = found.index(at) if at in found else 0
    item = (
        Item.objects.filter(pk=found[now])
        .select_related(
            "project",
            "campaign",
            "version__trace",
            "pair__response_a__version",
            "pair__response_b__version",
            "repair__response__version",
            "decision",
        )
        .get()
    )
    return Place(item, len(found), found[(now + 1) % len(found)] if len(found) > 1 else None)


def _without_own(campaign: Campaign, who: User) -> "QuerySet[Item]":
    voted = Judgment.objects.filter(item=OuterRef("pk"), profile__user=who)
    holds = Assignment.objects.filter(item=OuterRef("pk"), profile__user=who, state="leased")
    items = Item.objects.filter(
        ~Exists(voted),
        ~Exists(holds),
        campaign=campaign,
        kind=campaign.kind,
        role=ItemRole.WORK,
        state__in=["open", "decided"],
        decision__adjudication__isnull=True,
        decision__isnull=False,
    )
    return within_reach(items, who=who, campaign=campaign)
