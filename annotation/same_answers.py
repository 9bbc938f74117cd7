"""Items that show an answer another item shows: whoever meets both can tell what the one knows of the other."""

from collections import defaultdict
from itertools import product
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.models import Project, User

from .models import Assignment, Item, ItemRole, PracticeItem

SIDES = ("response_a", "response_b")


def same_answers(at: str = "") -> Q:
    """For a subquery over items, reached by `at`: those that show an answer of the outer item."""
    same = Q(**{f"{at}repair__response": OuterRef("repair__response")})
    for one, other in product(SIDES, SIDES):
        same |= Q(**{f"{at}pair__{one}": OuterRef(f"pair__{other}")})
    return same


def known_as_gold() -> Exists:
    """For a query of items: gold shows one of their answers."""
    return Exists(Item.objects.filter(same_answers(), role=ItemRole.GOLD))


def practised_on() -> Exists:
    """For a query of items: a practice round shows one of their answers, or did, and said what is right."""
    return Exists(PracticeItem.objects.filter(same_answers("source__")))


def beside_gold_met(who: User, project: Project) -> Q:
    """Items that share an answer with gold this person was given in the same campaign: within it only gold comes back."""
    given = Assignment.objects.filter(project=project, profile__user=who, item__role=ItemRole.GOLD)
    met: dict[UUID, set[UUID]] = defaultdict(set)
    shown = ("item__pair__response_a", "item__pair__response_b", "item__repair__response")
    for campaign, *answers in given.exclude(state="released").values_list("item__campaign", *shown):
        met[campaign] |= {one for one in answers if one is not None}
    found = Q(pk__in=[])
    for campaign, known in met.items():
        same = Q(repair__response__in=known) | Q(pair__response_a__in=known) | Q(pair__response_b__in=known)
        found |= Q(campaign=campaign) & same
    return found
