"""Change a campaign while people work in it: one audit entry says what was, and what is now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.models import AssetVersion
from curation.models.assets import AssetKind

from ..models import Campaign
from ..rules import Rules, as_stored, merged, read
from .campaigns import LONGEST_LEASE, SHORTEST_LEASE, checked_rules
from .overlap import set_overlap


def change_campaign(
    *,
    who: User | ApiToken,
    campaign: Campaign,
    name: str,
    overlap: int,
    lease_seconds: int,
    guidelines: AssetVersion | None,
    rules: Rules,
) -> Mapping[str, Any]:
    """Set everything at once; what changed, as {setting: [old, new]}.

    Leases held and answers given stay as they are; another list of reasons is a new version of it. Another overlap is
    asked of every item, never below what it has; caps and distinct groups hold for items made from now on, a warning for
    all: taken back, it stays on those it was on.
    """
    require(who, "annotation.manage", campaign.project)
    if not name.strip() or not SHORTEST_LEASE <= lease_seconds <= LONGEST_LEASE:
        raise Refused(
            "campaign_out_of_range", _("A campaign has a name, and a lease from 30 seconds to a day.")
        )
    if guidelines is not None and guidelines.project_id != campaign.project_id:
        raise Refused("guidelines_elsewhere", _("These guidelines belong to another project."))
    try:
        with transaction.atomic():
            locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
            before = _state(locked)
            wanted = checked_rules(rules, project=campaign.project, overlap=overlap)
            old = read(locked.rules)
            version = old.tags_version + (wanted.tags != old.tags)
            had_quota = old.had_quota or bool(old.quota and not wanted.quota)
            locked.rules = as_stored(replace(wanted, tags_version=version, had_quota=had_quota))
            locked.name, locked.lease_seconds, locked.guidelines = name.strip(), lease_seconds, guidelines
            locked.save(update_fields=["rules", "name", "lease_seconds", "guidelines"])
            if wanted.warning:
                locked.items.filter(sensitive=False).exclude(state="closed").update(sensitive=True)
            if (overlap, wanted.overlap) != (locked.overlap, old.overlap):
                set_overlap(who=who, campaign=locked, overlap=overlap)
            locked.refresh_from_db()
            changes = _differences(before, _state(locked))
            if changes:
                audit.record(
                    actor=who.actor,
                    verb="annotation.change_campaign",
                    subject=locked,
                    project_id=locked.project_id,
                    data={"changes": changes},
                )
    except IntegrityError as error:
        raise Refused(
            "campaign_exists", _("There is already a campaign of this name."), hint=_("Choose another name.")
        ) from error
    return changes


def patch_campaign(
    *, who: User | ApiToken, campaign: Campaign, patch: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Set only what `patch` names, over what stands when its turn comes: two people changing two things lose neither."""
    require(who, "annotation.manage", campaign.project)
    with transaction.atomic():
        now = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        guidelines = now.guidelines
        if "guidelines" in patch:
            guidelines = _guidelines(now, patch["guidelines"])
        return change_campaign(
            who=who,
            campaign=now,
            name=patch.get("name", now.name),
            overlap=patch.get("overlap", now.overlap),
            lease_seconds=patch.get("lease_seconds", now.lease_seconds),
            guidelines=guidelines,
            rules=merged(read(now.rules), patch.get("rules", {})),
        )


def _guidelines(campaign: Campaign, version_id: int | None) -> AssetVersion | None:
    if version_id is None:
        return None
    found = AssetVersion.objects.filter(
        pk=version_id, project_id=campaign.project_id, asset__kind=AssetKind.GUIDELINES
    ).first()
    if found is None:
        raise Refused("guidelines_unknown", _("There is no such version of guidelines in this project."))
    return found


def _state(campaign: Campaign) -> dict[str, Any]:
    return {
        "name": campaign.name,
        "overlap": campaign.overlap,
        "lease_seconds": campaign.lease_seconds,
        "guidelines": campaign.guidelines_id,
        **{f"rules.{name}": value for name, value in as_stored(read(campaign.rules)).items()},
    }


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}
