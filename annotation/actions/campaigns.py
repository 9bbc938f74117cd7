"""Open a body of judging work, and close it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.models import AssetVersion

from .. import tags as reasons
from ..models import Axis, Campaign

REQUIRABLE = frozenset({"tags", "rationale"})
TRANSITIONS = {"draft": {"open"}, "open": {"closed"}, "closed": {"open"}}
MAX_OVERLAP = 20


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
    guidelines: AssetVersion | None = None,
    open_now: bool = True,
) -> Campaign:
    """A campaign of pairs or repairs; `caps` limits, per axis name, how many votes of one group an item takes."""
    require(who, "annotation.manage", project)
    rules = _rules(project=project, tags=tags, requires=requires, caps=caps or {})
    if kind not in ("pair", "repair") or not name.strip():
        raise Refused("campaign_incomplete", _("A campaign needs a name, and judges pairs or repairs."))
    if not 1 <= overlap <= MAX_OVERLAP or not 30 <= lease_seconds <= 86_400:
        raise Refused(
            "campaign_out_of_range",
            _("Judgments per item go from 1 to %(max)d, a lease from 30 seconds to a day.")
            % {"max": MAX_OVERLAP},
        )
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
                rules=rules,
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
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
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


def _rules(
    *, project: Project, tags: Collection[str], requires: Collection[str], caps: Mapping[str, int]
) -> dict[str, Any]:
    unknown = [tag for tag in tags if tag not in reasons.REASONS]
    if unknown:
        raise Refused("tag_unknown", _("There is no such reason: %(tags)s.") % {"tags": ", ".join(unknown)})
    if not set(requires) <= REQUIRABLE:
        raise Refused("requires_unknown", _("Only reasons (tags) and an explanation can be required."))
    for axis, most in caps.items():
        if most < 1 or not Axis.objects.filter(project=project, name=axis).exists():
            raise Refused("cap_unknown", _("There is no axis %(axis)s to cap.") % {"axis": axis})
    return {
        "tags": [tag for tag in reasons.REASONS if tag in tags],
        "tags_version": 1,
        "requires": sorted(set(requires)),
        "caps": dict(caps),
    }


def _record(who: User, campaign: Campaign, verb: str, before: str, after: str) -> None:
    audit.record(actor=who.actor, verb=verb, subject=campaign, project_id=campaign.project_id)
    audit.emit(
        subject=campaign,
        name="campaign.state",
        project_id=campaign.project_id,
        from_state=before,
        to_state=after,
    )
