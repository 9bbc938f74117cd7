"""Take the next item of a campaign under a lease."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused

from .. import queue
from ..models import AnnotatorProfile, Assignment, Campaign
from ..practice import PracticeFirst, needs_practice
from .profile import profile_of

MAX_LEASES = 2
"""The item on the screen and the one behind it."""

ATTEMPTS = 8


def claim(
    *, who: User, campaign: Campaign, besides: Collection[UUID] = (), prefetch: bool = False
) -> Assignment | None:
    """The annotator's next item: one already held and not in `besides`, else a fresh lease; None if nothing is free.

    Losing a race for a quota or against one's own second tab is tried again, a few times.
    """
    if campaign.state != "open":
        raise Refused(
            "campaign_not_open",
            _("This campaign is not open."),
            hint=_("A data lead can open it on its page."),
        )
    profile = profile_of(who=who, project=campaign.project)
    if needs_practice(profile, campaign):
        raise PracticeFirst(campaign)
    held = _held(profile, campaign)
    for assignment in held:
        if assignment.pk not in besides:
            return _renewed(assignment, campaign, prefetch)
    if len(held) >= MAX_LEASES:
        return None
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                taken = queue.take_slot(
                    campaign=campaign.pk,
                    profile=profile.pk,
                    seconds=campaign.lease_seconds,
                    prefetch=prefetch,
                )
        except IntegrityError:
            continue
        return Assignment.objects.select_related("item", "project").get(pk=taken) if taken else None
    return None


def _held(profile: AnnotatorProfile, campaign: Campaign) -> list[Assignment]:
    return list(
        Assignment.objects.filter(
            profile=profile, state="leased", item__campaign=campaign, item__state="open"
        )
        .select_related("item")
        .order_by("prefetch", "claimed_at")
    )


def _renewed(assignment: Assignment, campaign: Campaign, prefetch: bool) -> Assignment:
    """Looking at an item again starts its lease anew, unless the sweeper was faster."""
    Assignment.objects.filter(pk=assignment.pk, state="leased").update(
        leased_until=lease_end(campaign), prefetch=prefetch
    )
    return assignment


def lease_end(campaign: Campaign) -> "ExpressionWrapper[Any]":
    """now() + the campaign's lease, by the database's clock."""
    return ExpressionWrapper(
        Now() + Value(timedelta(seconds=campaign.lease_seconds)), output_field=DateTimeField()
    )
