"""Bring the queue of an actively selecting campaign up to date with what judges have said so far."""

from collections import Counter
from uuid import UUID

from django.db import transaction
from django.db.models import F

from .. import selection
from ..models import Campaign, Decision, Item
from ..rules import read
from ..selection import Cell

BATCH = 1_000


def reprioritise(campaign: Campaign) -> int:
    """New priorities for pairs nobody has begun and chance has not put there; how many. Urgent ones stay in front.

    Items held or judged at the moment are passed over: they are locked, and need no new place.
    """
    if not read(campaign.rules).selection.active or campaign.kind != "pair":
        return 0
    cells, votes = _said(campaign)
    items = Counter(Item.objects.filter(campaign=campaign, role="work").values_list("stratum", flat=True))
    behind = selection.deficit(votes, items)
    waiting = Item.objects.filter(
        campaign=campaign,
        role="work",
        kind="pair",
        state="open",
        slots_left=F("slots_asked"),
        sampled=False,
        priority__lt=1,
    ).values_list("pk", "stratum", "pair__response_a__generator", "pair__response_b__generator")
    scores = {
        pk: cells.get(_cell(stratum, a, b), Cell()).uncertainty * behind.get(stratum, 1.0)
        for pk, stratum, a, b in waiting
    }
    return _write(selection.priorities(scores))


def _said(campaign: Campaign) -> tuple[dict[tuple[str, str, str], Cell], Counter[str]]:
    """Votes for either side by stratum and the two sources, and votes by stratum."""
    rows = Decision.objects.filter(item__in=Item.objects.asked_in(campaign)).values_list(
        "item__stratum", "item__pair__response_a__generator", "item__pair__response_b__generator", "votes"
    )
    first: Counter[tuple[str, str, str]] = Counter()
    second: Counter[tuple[str, str, str]] = Counter()
    by_stratum: Counter[str] = Counter()
    for stratum, a, b, votes in rows:
        cell = _cell(stratum, a, b)
        ahead, behind = ("a", "b") if a <= b else ("b", "a")
        first[cell] += votes.get(ahead, 0)
        second[cell] += votes.get(behind, 0)
        by_stratum[stratum] += sum(votes.values())
    return {cell: Cell(first[cell], second[cell]) for cell in first.keys() | second.keys()}, by_stratum


def _cell(stratum: str, a: str, b: str) -> tuple[str, str, str]:
    return (stratum, *sorted((a, b)))  # type: ignore[return-value]


def _write(places: dict[UUID, float]) -> int:
    changed, keys = 0, sorted(places)
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            free = Item.objects.filter(pk__in=keys[start : start + BATCH], state="open", sampled=False)
            rows = list(free.order_by("pk").select_for_update(skip_locked=True))
            for row in rows:
                row.priority = places[row.pk]
            Item.objects.bulk_update(rows, ["priority"])
            changed += len(rows)
    return changed
