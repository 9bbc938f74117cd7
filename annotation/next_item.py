"""Which item an annotator is shown next, across the open campaigns of a project."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import NotFound

from .actions.claim import claim
from .models import Assignment, Campaign, Item


def chosen_campaign(project: Project, given: str) -> Campaign | None:
    """The campaign a page was restricted to, or None for any; refused if there is no such one here."""
    if not given:
        return None
    try:
        return Campaign.objects.select_related("project").get(project=project, pk=UUID(given))
    except (ValueError, Campaign.DoesNotExist) as error:
        raise NotFound("campaign_not_found", _("There is no such campaign.")) from error


def open_campaigns(project: Project, kind: str) -> list[Campaign]:
    """Open campaigns of a kind, oldest first."""
    found = Campaign.objects.filter(project=project, kind=kind, state="open")
    return list(found.select_related("project").order_by("created_at", "pk"))


def next_pair(
    *,
    who: User,
    project: Project,
    campaign: Campaign | None = None,
    besides: Collection[UUID] = (),
    prefetch: bool = False,
) -> Assignment | None:
    """The next pair under a lease."""
    return _next("pair", who=who, project=project, campaign=campaign, besides=besides, prefetch=prefetch)


def next_repair(*, who: User, project: Project, campaign: Campaign | None = None) -> Assignment | None:
    """The next repair under a lease."""
    return _next("repair", who=who, project=project, campaign=campaign, besides=(), prefetch=False)


def _next(
    kind: str,
    *,
    who: User,
    project: Project,
    campaign: Campaign | None,
    besides: Collection[UUID],
    prefetch: bool,
) -> Assignment | None:
    for one in [campaign] if campaign else open_campaigns(project, kind):
        found = claim(who=who, campaign=one, besides=besides, prefetch=prefetch)
        if found is not None:
            related = Assignment.objects.select_related("item__campaign", "item__version")
            return related.get(pk=found.pk)
    return None


def held_by_others(
    *, who: User, project: Project, campaign: Campaign | None = None, kind: str = "pair"
) -> int:
    """Items without a free slot that somebody else still holds: work that may come back."""
    items = Item.objects.filter(project=project, kind=kind, state="open", slots_left=0)
    if campaign:
        items = items.filter(campaign=campaign)
    mine = Q(judgments__profile__user=who) | Q(
        assignments__profile__user=who, assignments__state__in=["leased", "skipped"]
    )
    held = items.filter(assignments__state="leased").exclude(pk__in=Item.objects.filter(mine).values("pk"))
    return held.distinct().count()


def waiting_for(*, who: User, project: Project, kind: str) -> int:
    """Items of open campaigns with a free slot that this person has not seen, at most 1,000."""
    seen = Q(judgments__profile__user=who) | Q(
        assignments__profile__user=who, assignments__state__in=["submitted", "skipped"]
    )
    free = Item.objects.waiting().filter(project=project, kind=kind)
    return free.exclude(pk__in=Item.objects.filter(seen).values("pk"))[:1000].count()
