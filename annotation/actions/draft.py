"""What an annotator has begun to say, kept with the lease so that another device can go on. Never a vote."""

from typing import Any
from uuid import UUID

from accounts.models import Project, User
from core.errors import Refused
from curation.actions.cleaned import cleaned

from ..models import Assignment
from .leases import renew
from .profile import profile_of

LONGEST = {"at": 20, "choice": 20, "rationale": 4_000, "section": 20, "act": 10, "text": 400_000}
MOST_TAGS = 40


def save_draft(
    *, who: User, project: Project, assignment_id: UUID, lease_token: UUID, draft: dict[str, Any]
) -> bool:
    """Keep the draft and start the lease anew; False if it had ended. Typed words are redacted first."""
    profile = profile_of(who=who, project=project)
    kept = {name: _text(draft.get(name, ""), name) for name in LONGEST}
    for name in ("rationale", "text"):
        kept[name] = cleaned(kept[name], project=project)
    tags = [str(tag)[:40] for tag in draft.get("tags", [])][:MOST_TAGS]
    own = Assignment.objects.filter(
        project=project, profile=profile, pk=assignment_id, lease_token=lease_token, state="leased"
    )
    held = own.select_related("item__campaign").first()
    if held is None:
        return False
    written = {**{name: value for name, value in kept.items() if value}, "tags": tags}
    own.update(draft=written)
    return renew([held.pk], seconds=held.item.campaign.lease_seconds) is not None


def _text(value: Any, name: str) -> str:
    text = str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if len(text) > LONGEST[name]:
        raise Refused("draft_too_long", f"The draft's {name} is longer than {LONGEST[name]} characters.")
    return text
