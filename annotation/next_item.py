"""Which item an annotator is shown next, across the open campaigns of a project."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import NotFound

from .actions.claim import claim
from .eligibility import seeker_of, suits
from .models import Adjudication, AnnotatorProfile, Assignment, Campaign, Item, ItemRole, Judgment
from .practice import PracticeFirst, needs_practice
from .rules import read
from .same_answers import beside_gold_met

MOST = 1_000
"""Counts a page shows stop here."""


def chosen_campaign(project: Project, given: str, *, kind: str = "") -> Campaign | None:
    """The campaign a page was restricted to, or None for any; refused if there is no such one of that kind here."""
    if not given:
        return None
    found = Campaign.objects.filter(project=project)
    try:
        campaign = (found.filter(kind=kind) if kind else found).get(pk=UUID(given))
    except (ValueError, Campaign.DoesNotExist) as error:
        raise NotFound("campaign_not_found", _("There is no such campaign.")) from error
    campaign.project = project
    return campaign


def open_campaigns(project: Project, kind: str) -> list[Campaign]:
    """Open campaigns of a kind, oldest first."""
    found = list(
        Campaign.objects.filter(project=project, kind=kind, state="open").order_by("created_at", "pk")
    )
    for campaign in found:
        campaign.project = project
    return found


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
        try:
            found = claim(who=who, campaign=one, besides=besides, prefetch=prefetch)
        except PracticeFirst:
            if campaign is not None:
                raise
            continue
        if found is not None:
            return found
    return None


def held_by_others(
    *, who: User, project: Project, campaign: Campaign | None = None, kind: str = "pair"
) -> int:
    """Items of open campaigns without a free slot that somebody else still holds: work that may come back."""
    items = Item.objects.filter(
        project=project, kind=kind, role=ItemRole.WORK, state="open", slots_left=0, campaign__state="open"
    )
    if campaign:
        items = items.filter(campaign=campaign)
    leased = Assignment.objects.filter(item=OuterRef("pk"), state="leased")
    return _unseen(items, who, project, ("leased", "skipped")).filter(Exists(leased))[:MOST].count()


def kept_for_others(
    *, who: User, project: Project, campaign: Campaign | None = None, kind: str = "pair"
) -> int:
    """Items with a free slot, unseen by this person, that wait for other groups, languages or fields than theirs."""
    kept = 0
    for free, fit in _free(who, project, kind, campaign):
        kept += free[:MOST].count() - fit[:MOST].count()
    return min(kept, MOST)


def is_free(*, who: User, project: Project, campaign: Campaign | None = None, kind: str = "pair") -> bool:
    """Whether the queue has an item for this person that they do not hold already."""
    held = Assignment.objects.filter(item=OuterRef("pk"), profile__user=who, state="leased")
    return any(fit.filter(~Exists(held)).exists() for _unsuited, fit in _free(who, project, kind, campaign))


def waiting_for(*, who: User, project: Project, kind: str) -> int:
    """Items of open campaigns with a free slot that the queue would give this person, capped.

    Work behind a practice round they have not passed does not wait for them yet.
    """
    waiting = 0
    for _unsuited, fit in _free(who, project, kind, None):
        waiting += fit[: MOST - waiting].count()
    return waiting


def _free(
    who: User, project: Project, kind: str, campaign: Campaign | None
) -> Iterator[tuple[QuerySet[Item], QuerySet[Item]]]:
    """Per open campaign that is open to this person: free items they have not seen, and those of them that suit them."""
    profile = AnnotatorProfile.objects.filter(project=project, user=who).select_related("user").first()
    for one in [campaign] if campaign else open_campaigns(project, kind):
        if profile is None:
            free = Item.objects.waiting().filter(campaign=one, kind=kind)
            if not one.practice_asked:
                yield free, free
            continue
        if needs_practice(profile, one):
            continue
        unseen = _unseen(
            Item.objects.waiting().filter(campaign=one, kind=kind), who, project, ("submitted", "skipped")
        )
        seeker = seeker_of(profile, read(one.rules))
        yield unseen, suits(unseen, seeker) if seeker else unseen.none()


def _unseen(items: QuerySet[Item], who: User, project: Project, states: Collection[str]) -> QuerySet[Item]:
    """Items this person has no vote on, no decision over and no assignment in one of these states, and that no gold gave away."""
    voted = Judgment.objects.filter(item=OuterRef("pk"), profile__user=who)
    held = Assignment.objects.filter(item=OuterRef("pk"), profile__user=who, state__in=states)
    decided = Adjudication.objects.filter(item=OuterRef("pk"), by=who)
    return items.filter(~Exists(voted), ~Exists(held), ~Exists(decided)).exclude(
        beside_gold_met(who, project)
    )
