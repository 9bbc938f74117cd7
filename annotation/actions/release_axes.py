"""Publish what groups of annotators did: once in a while, in batches no reader can take a person out of."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core import audit
from core.actors import system

from ..axes import known_axes_of, sayable
from ..disclosure import GroupVote, releasable
from ..group_report import Released, make_report
from ..models import Axis, AxisRelease, Campaign, Item, Judgment, JudgmentGroup

RHYTHM = timedelta(days=7)
"""Between two releases of one axis of a campaign: every report is one more equation about who is in a group."""

ACTOR = system("annotation")


def release_axes(*, now: datetime | None = None) -> int:
    """Every axis of every campaign whose time has come; how many reports are new."""
    made = 0
    for campaign in Campaign.objects.exclude(state="draft").select_related("project").order_by("pk"):
        for axis in known_axes_of(campaign.project_id):
            made += release_axis(campaign=campaign, axis=axis, now=now) is not None
    return made


def release_axis(*, campaign: Campaign, axis: Axis, now: datetime | None = None) -> AxisRelease | None:
    """A new report if one is due and enough people of enough groups voted since; None otherwise, with nothing changed.

    A person's frozen value, never the current one, says which group a vote is of. The audit names no group.
    """
    now = now or timezone.now()
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        earlier = list(AxisRelease.objects.filter(campaign=campaign, axis=axis).order_by("number"))
        if earlier and earlier[-1].released_at > now - RHYTHM:
            return None
        as_said = {one for release in earlier for one in release.as_said}
        as_rest = {one for release in earlier for one in release.as_rest}
        votes = _votes(campaign, axis, as_rest)
        batch = releasable(vote for vote in votes if vote.vote not in as_said | as_rest)
        if not batch:
            return None
        grouped = {vote.vote for vote in batch if vote.group is not None}
        known = [vote for vote in votes if vote.vote in as_said | as_rest]
        release = AxisRelease.objects.create(
            project_id=campaign.project_id,
            campaign=campaign,
            axis=axis,
            number=len(earlier) + 1,
            as_said=sorted(grouped, key=str),
            as_rest=sorted({vote.vote for vote in batch} - grouped, key=str),
            report=make_report(campaign, [*known, *batch], sayable(axis)),
            released_at=now,
        )
        audit.record(
            actor=ACTOR,
            verb="annotation.release_axis",
            subject=release,
            project_id=campaign.project_id,
            data={"campaign": str(campaign.pk), "axis": axis.pk, "number": release.number},
        )
    return release


def _votes(campaign: Campaign, axis: Axis, as_rest: Collection[UUID]) -> list[Released]:
    """Counted votes of real people on the campaign's own items, in the order given."""
    said = dict(
        JudgmentGroup.objects.filter(axis=axis, judgment__item__campaign=campaign).values_list(
            "judgment_id", "value"
        )
    )
    rows = Judgment.objects.filter(
        item__in=Item.objects.asked_in(campaign), slot__isnull=False, simulated=False
    ).order_by("created_at", "pk")
    groups = set(sayable(axis))
    return [
        GroupVote(
            vote,
            person,
            stratum or "–",
            said[vote] if vote not in as_rest and said.get(vote) in groups else None,
        )
        for vote, person, stratum in rows.values_list("pk", "profile_id", "item__stratum")
    ]
