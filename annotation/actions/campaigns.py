"""Open a body of judging work, and close it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.models import AssetVersion

from .. import tags as reasons
from ..models import Axis, Campaign
from ..rules import Rules, as_stored, checked

SHORTEST_LEASE, LONGEST_LEASE = 30, 86_400
"""Seconds."""

TRANSITIONS = {"draft": {"open"}, "open": {"closed"}, "closed": {"open"}}


def create_campaign(
    *,
    who: User,
    project: Project,
    name: str,
    kind: str = "pair",
    overlap: int = 2,
    lease_seconds: int = 600,
    tags: Collection[str] = reasons.DEFAULT,
    requires: Collection[str] = (),
    caps: Mapping[str, int] | None = None,
    rules: Rules | None = None,
    guidelines: AssetVersion | None = None,
    open_now: bool = True,
) -> Campaign:
    """A campaign of pairs or repairs. `rules` say everything; without them `tags`, `requires` and `caps` do."""
    require(who, "annotation.manage", project)
    rules = checked_rules(
        rules or Rules(tags=tuple(tags), requires=tuple(requires), caps=dict(caps or {})),
        project=project,
        overlap=overlap,
    )
    if kind not in ("pair", "repair") or not name.strip():
        raise Refused("campaign_incomplete", _("A campaign needs a name, and judges pairs or repairs."))
    if not SHORTEST_LEASE <= lease_seconds <= LONGEST_LEASE:
        raise Refused("campaign_out_of_range", _("A lease goes from 30 seconds to a day."))
    state = "open" if open_now else "draft"
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                project=project,
                name=name.strip(),
                kind=kind,
                state=state,
                overlap=overlap,
                lease_seconds=lease_seconds,
                guidelines=guidelines,
                rules=as_stored(rules),
                created_by=who,
            )
            _record(who, campaign, "annotation.create_campaign", "", state)
    except IntegrityError as error:
        raise Refused(
            "campaign_exists", _("There is already a campaign of this name."), hint=_("Choose another name.")
        ) from error
    return campaign


def set_campaign_state(*, who: User, campaign: Campaign, state: str) -> Campaign:
    """Open or close; people who hold an item of a closed campaign may still submit it."""
    require(who, "annotation.manage", campaign.project)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if state not in TRANSITIONS[locked.state]:
            raise Refused(
                "campaign_state",
                _("A campaign that is %(now)s cannot become %(then)s.")
                % {"now": locked.state, "then": state},
            )
        before, locked.state = locked.state, state
        locked.save(update_fields=["state"])
        _record(who, locked, f"annotation.campaign_{state}", before, state)
    return locked


def checked_rules(rules: Rules, *, project: Project, overlap: int) -> Rules:
    """The rules with tags and requirements in their order; refused where they cannot be kept."""
    for axis in {*rules.caps, *rules.distinct}:
        if not Axis.objects.filter(project=project, name=axis, retired_at=None).exists():
            raise Refused("axis_unknown", _("There is no axis %(axis)s here that is asked.") % {"axis": axis})
    return replace(
        checked(rules, overlap=overlap),
        tags=tuple(tag for tag in reasons.REASONS if tag in rules.tags),
        requires=tuple(sorted(set(rules.requires))),
    )


def _record(who: User, campaign: Campaign, verb: str, before: str, after: str) -> None:
    audit.record(actor=who.actor, verb=verb, subject=campaign, project_id=campaign.project_id)
    audit.emit(
        subject=campaign,
        name="campaign.state",
        project_id=campaign.project_id,
        from_state=before,
        to_state=after,
    )
