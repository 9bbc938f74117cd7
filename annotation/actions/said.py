"""What an annotator said, checked against the campaign's rules before anything is locked for long."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Project
from core.errors import Refused
from curation.actions.cleaned import cleaned

from ..models import Assignment, Campaign

MAX_RATIONALE = 4_000


@dataclass(frozen=True, slots=True)
class Said:
    """Choice and strength in the item's own orientation, with reasons and the time it took (milliseconds)."""

    choice: str
    strength: int
    tags: tuple[str, ...]
    rationale: str
    active_ms: int | None


def _readable(text: str) -> str:
    """Text PostgreSQL can hold: no NUL, no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()


def checked(
    *,
    campaign: Campaign,
    project: Project,
    assignment: Assignment | None,
    choice: str,
    strength: int,
    tags: Collection[str],
    rationale: str,
    active_ms: int | None,
) -> Said:
    """Refuse unknown tags, a missing required reason and overlong text; clamp the time to the lease's age."""
    known = campaign.rules.get("tags", [])
    unknown = sorted(set(tags) - set(known))
    if unknown:
        raise Refused(
            "tag_unknown", _("This campaign has no such reason: %(tags)s.") % {"tags": ", ".join(unknown)}
        )
    text = _readable(rationale)
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
    return Said(choice, strength, kept, cleaned(text, project=project), _clamped(active_ms, assignment))


def _clamped(active_ms: int | None, assignment: Assignment | None) -> int | None:
    """Nobody works longer on an item than they held it; the clock of a browser is not evidence."""
    if active_ms is None or active_ms < 0:
        return None
    if assignment is None or assignment.profile.simulated:
        return min(active_ms, 2**31 - 1)
    held = (timezone.now() - assignment.claimed_at).total_seconds() * 1000
    return int(min(active_ms, max(held, 0)))
