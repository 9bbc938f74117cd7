"""Take the next item of a campaign under a lease."""

import random
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core.errors import Refused
from core.prepared import select

from .. import queue
from ..eligibility import seeker_of
from ..models import AnnotatorProfile, Assignment, Campaign
from ..practice import PracticeFirst, needs_practice
from ..rules import Rules, read
from .leases import renew
from .profile import PROFILE, profile_of

AT_HAND: Final = f"""
SELECT EXISTS (SELECT FROM annotation_item g WHERE g.campaign_id = %(campaign)s AND NOT g.role = 'work'),
       {PROFILE}, {queue.LEASED}, {queue.ITEM}
FROM annotation_annotatorprofile p
LEFT JOIN (annotation_assignment s JOIN annotation_item i ON i.id = s.item_id)
    ON s.profile_id = p.id AND s.state = 'leased'
WHERE p.project_id = %(project)s AND p.user_id = %(user)s
ORDER BY s.prefetch, s.claimed_at
"""


@dataclass(frozen=True, slots=True)
class _AtHand:
    """Who claims, what they hold, and whether the campaign has items that are not work."""

    profile: AnnotatorProfile
    leases: list[Assignment]
    has_gold: bool = False


MAX_LEASES = 2
"""The item on the screen and the one behind it."""

ATTEMPTS = 8


def claim(
    *,
    who: User,
    campaign: Campaign,
    besides: Collection[UUID] = (),
    prefetch: bool = False,
    chance: Callable[[], float] = random.random,
) -> Assignment | None:
    """The annotator's next item: one already held and not in `besides`, else a fresh lease; None if nothing is free.

    What is in `besides` is on the screen: its lease starts anew, and one of another campaign is no longer ahead. A lease
    another tab shows stays as it is. One claim in so many (`gold_share`, drawn with `chance`) is gold. Losing a race
    against one's own second tab is tried again, a few times.
    """
    if campaign.state != "open":
        raise Refused(
            "campaign_not_open",
            _("This campaign is not open."),
            hint=_("A data lead can open it on its page."),
        )
    require(who, "annotation.judge", campaign.project)
    at_hand = _at_hand(who, campaign)
    if needs_practice(at_hand.profile, campaign):
        raise PracticeFirst(campaign)
    rules = read(campaign.rules)
    for _attempt in range(ATTEMPTS):
        leases = at_hand.leases
        held = [one for one in leases if one.item.campaign_id == campaign.pk and one.item.state == "open"]
        waiting = next((one for one in held if one.pk not in besides), None)
        shown = [one.pk for one in leases if one.pk in besides and (one in held or one.prefetch)]
        if shown:
            renew(shown)
        if waiting is not None:
            ahead = prefetch and waiting.prefetch
            renew([waiting.pk], seconds=rules.prefetch_seconds if ahead else None, prefetch=ahead)
            return waiting
        if len(held) >= MAX_LEASES:
            return None
        ahead = prefetch and not any(one.prefetch and one.pk not in besides for one in leases)
        try:
            with _alone():
                taken = _fresh(at_hand, campaign, rules, held, prefetch=ahead, chance=chance)
        except IntegrityError:
            at_hand = _at_hand(who, campaign)
            continue
        return _of(campaign, taken) if taken else None
    return None


def _alone() -> AbstractContextManager[None]:
    """A statement that fails ends nothing but itself; only inside a transaction does it take a savepoint."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _fresh(
    at_hand: _AtHand,
    campaign: Campaign,
    rules: Rules,
    held: Sequence[Assignment],
    *,
    prefetch: bool,
    chance: Callable[[], float],
) -> Assignment | None:
    """A new lease: gold by chance, then the prompt just read where the campaign keeps its pairs together, then the queue."""
    profile = at_hand.profile
    seeker = seeker_of(profile, rules)
    if seeker is None:
        return None
    seconds = rules.prefetch_seconds if prefetch else campaign.lease_seconds
    wanted = queue.Wanted(campaign.pk, seeker, seconds, prefetch, at_hand.has_gold)
    if chance() < rules.gold_share:
        taken = queue.take_gold(wanted, a_day=rules.gold_per_day)
        if taken is not None:
            return taken
    prompt = _prompt_at_hand(profile, campaign, held) if rules.in_sequence else ""
    if prompt:
        taken = queue.take_slot(wanted, prompt=prompt)
        if taken is not None:
            return taken
    return queue.take_slot(wanted)


def _prompt_at_hand(profile: AnnotatorProfile, campaign: Campaign, held: Sequence[Assignment]) -> str:
    """The prompt group of what the annotator reads now or read last."""
    if held:
        return held[-1].item.prompt_group
    last = Assignment.objects.filter(profile=profile, item__campaign=campaign).order_by("-claimed_at")
    return last.values_list("item__prompt_group", flat=True).first() or ""


def _at_hand(who: User, campaign: Campaign) -> _AtHand:
    """The annotator and the leases they hold, in any campaign: only one of all may be fetched ahead."""
    rows = select(AT_HAND, {"project": campaign.project_id, "user": who.pk, "campaign": campaign.pk})
    if not rows:
        return _AtHand(profile_of(who=who, project=campaign.project), [])
    leases = []
    for row in rows:
        values = iter(row)
        has_gold = next(values)
        profile = PROFILE.take(values)
        lease = queue.leased(values)
        if lease.pk is not None:
            leases.append(_of(campaign, lease) if lease.item.campaign_id == campaign.pk else lease)
    profile.user, profile.project = who, campaign.project
    return _AtHand(profile, leases, has_gold)


def _of(campaign: Campaign, lease: Assignment) -> Assignment:
    """What is known of its campaign and project is not read again."""
    lease.project = lease.item.project = campaign.project
    lease.item.campaign = campaign
    return lease
