"""What an annotator said, checked against the campaign's rules before anything is locked for long."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypedDict

from django.utils.translation import gettext as _

from accounts.models import Project
from core.errors import Refused
from curation.actions.cleaned import cleaned
from curation.models import AssetVersion

from ..choices import TURN_ACTS
from ..models import Campaign
from ..spans import SpanSaid
from ..tags import REASONS

MAX_RATIONALE = 4_000


@dataclass(frozen=True, slots=True)
class Under:
    """What stood on the screen: ids of the guidelines and the policy, number of the list of reasons; None for those in
    force now."""

    guidelines: int | None = None
    policy: int | None = None
    tags: int | None = None


IN_FORCE: Final = Under()


@dataclass(frozen=True, slots=True)
class Said:
    """Choice and strength in the item's own orientation, with reasons and the time it took (milliseconds)."""

    choice: str
    strength: int
    tags: tuple[str, ...]
    rationale: str
    active_ms: int | None
    tags_version: int | None = None
    guidelines_id: int | None = None
    policy_id: int | None = None
    section: str = ""
    act: str = ""
    spans: tuple[SpanSaid, ...] = ()


class _Cited(TypedDict):
    policy_id: int | None
    section: str


def readable(text: str) -> str:
    """Text PostgreSQL can hold: no NUL, no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()


def checked(
    *,
    campaign: Campaign,
    project: Project,
    choice: str,
    strength: int,
    tags: Collection[str],
    rationale: str,
    active_ms: int | None,
    section: str = "",
    act: str = "",
    under: Under = IN_FORCE,
) -> Said:
    """Refuse unknown tags, sections and acts, a missing required reason and overlong text.

    What was judged under an earlier version of guidelines, policy or list of reasons says so.
    """
    version = _listed_in(campaign, under.tags)
    current = version == campaign.rules.get("tags_version")
    known = campaign.rules.get("tags", []) if current else list(REASONS)
    unknown = sorted(set(tags) - set(known))
    if unknown:
        raise Refused(
            "tag_unknown",
            _("This campaign has no such reason: %(tags)s.") % {"tags": ", ".join(unknown)},
            hint=_("Load the page again: it shows the reasons there are now, and keeps your answer."),
        )
    text = readable(rationale)
    if len(text) > MAX_RATIONALE:
        raise Refused(
            "rationale_too_long",
            _("The explanation is longer than %(max)d characters.") % {"max": MAX_RATIONALE},
        )
    required = campaign.rules.get("requires", [])
    if "tags" in required and not tags:
        raise Refused("reason_needed", _("This campaign asks for at least one reason."))
    if "rationale" in required and not text:
        raise Refused("rationale_needed", _("This campaign asks for an explanation in your own words."))
    kept = tuple(tag for tag in known if tag in tags)
    if act and act not in TURN_ACTS:
        raise Refused("act_unknown", _("There is no such label for a turn."))
    return Said(
        choice,
        strength,
        kept,
        cleaned(text, project=project),
        active_ms,
        tags_version=version,
        guidelines_id=_judged_under(campaign.guidelines_id, under.guidelines),
        act=act,
        **_cited(campaign, section, under.policy),
    )


def _listed_in(campaign: Campaign, shown: int | None) -> int | None:
    """The list of reasons that was on the screen: one shown before a lead changed it holds for what was said under it."""
    current: int | None = campaign.rules.get("tags_version")
    return shown if shown and current and shown < current else current


def _judged_under(current: int | None, shown: int | None) -> int | None:
    """The version that was on the screen, if it is one of the same text; else the one in force."""
    if current is None or shown is None or current == shown:
        return current
    same = AssetVersion.objects.filter(pk=shown, asset__versions=current)
    return shown if same.exists() else current


def _cited(campaign: Campaign, section: str, shown: int | None) -> _Cited:
    """The section an answer names, in the version of the policy it was read in."""
    version = _judged_under(campaign.policy_id, shown)
    if not section:
        return {"policy_id": version, "section": ""}
    body = AssetVersion.objects.get(pk=version).body if version else {}
    if section not in [one["number"] for one in body.get("sections", [])]:
        raise Refused(
            "section_unknown", _("The policy has no section %(number)s.") % {"number": section[:20]}
        )
    return {"policy_id": version, "section": section}
