"""What an annotator has begun to say, kept with the lease so that another device can go on. Never a vote."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import Refused
from curation.actions.cleaned import cleaned

from ..models import Assignment
from ..spans import spans_from_text
from .leases import renew
from .profile import profile_of
from .said import readable
from .spans import checked_spans

LONGEST = {"at": 20, "choice": 20, "rationale": 4_000, "section": 20, "act": 10, "text": 400_000}
MOST_TAGS, LONGEST_TAG = 40, 40


def save_draft(
    *, who: User, project: Project, assignment_id: UUID, lease_token: UUID, draft: dict[str, Any]
) -> bool:
    """Keep the draft and start the lease anew; False if it had ended.

    Typed words are redacted first; marks quote the answers, which are redacted already.
    """
    profile = profile_of(who=who, project=project)
    kept = {name: _text(draft.get(name, ""), name) for name in LONGEST}
    for name in ("rationale", "text"):
        kept[name] = cleaned(kept[name], project=project)
    tags = [readable(str(tag))[:LONGEST_TAG] for tag in _listed(draft.get("tags", []))[:MOST_TAGS]]
    own = Assignment.objects.filter(
        project=project, profile=profile, pk=assignment_id, lease_token=lease_token, state="leased"
    )
    written: dict[str, Any] = {**{name: value for name, value in kept.items() if value}, "tags": tags}
    if marks := spans_from_text(readable(str(draft.get("spans") or ""))):
        held = own.first()
        if held is None:
            return False
        checked_spans(assignment=held, given=marks)
        written["spans"] = [asdict(one) for one in marks]
    return bool(own.update(draft=written)) and renew([assignment_id]) is not None


def _listed(tags: Any) -> list[Any]:
    if not isinstance(tags, list):
        raise Refused("draft_tags_invalid", _("The draft's tags are no list."), field="tags")
    return tags


def _text(value: Any, name: str) -> str:
    text = readable(str(value))
    if len(text) > LONGEST[name]:
        raise Refused("draft_too_long", f"The draft's {name} is longer than {LONGEST[name]} characters.")
    return text
