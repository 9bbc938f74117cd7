"""Which of the four meanings (or none) a state has. One table, so that the same word looks the same everywhere."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Meaning = Literal["kept", "dropped", "quarantined", "person", "active", "neutral", "simulated"]


@dataclass(frozen=True)
class Look:
    """How a state is shown."""

    meaning: Meaning
    word: str | Promise


LOOKS: dict[str, Look] = {
    "kept": Look("kept", _("Kept")),
    "accepted": Look("kept", _("Accepted")),
    "approved": Look("kept", _("Approved")),
    "published": Look("kept", _("Published")),
    "live": Look("kept", _("Live")),
    "succeeded": Look("kept", _("Succeeded")),
    "done": Look("kept", _("Done")),
    "completed": Look("kept", _("Completed")),
    "finished": Look("kept", _("Finished")),
    "clean": Look("kept", _("Clean")),
    "cleared": Look("kept", _("Cleared by people")),
    "proved": Look("kept", _("Disjoint")),
    "broken": Look("dropped", _("Roles overlap")),
    "allowed": Look("kept", _("Training allowed")),
    "passed": Look("kept", _("Passed")),
    "active_user": Look("kept", _("Active")),
    "ok": Look("kept", _("OK")),
    "fixed": Look("kept", _("Fixed")),
    "verified": Look("kept", _("Verified")),
    "recovered": Look("kept", _("Recovered")),
    "allow": Look("kept", _("Let through")),
    "dropped": Look("dropped", _("Dropped")),
    "block": Look("dropped", _("Blocked")),
    "redact": Look("quarantined", _("Redacted")),
    "flag": Look("person", _("Flagged")),
    "escalate": Look("person", _("Escalated")),
    "refused": Look("dropped", _("Refused")),
    "rejected": Look("dropped", _("Rejected")),
    "failed": Look("dropped", _("Failed")),
    "error": Look("dropped", _("Error")),
    "denied": Look("dropped", _("Training denied")),
    "withdrawn": Look("dropped", _("Withdrawn")),
    "cancelled": Look("dropped", _("Cancelled")),
    "revoked": Look("dropped", _("Revoked")),
    "deleted": Look("dropped", _("Deleted")),
    "duplicate": Look("dropped", _("Duplicate")),
    "quarantined": Look("quarantined", _("Quarantined")),
    "quarantine": Look("quarantined", _("Quarantined")),
    "hit": Look("quarantined", _("Quarantine hit")),
    "conflicting": Look("person", _("Conflict")),
    "conflict": Look("person", _("Conflict")),
    "needs_work": Look("person", _("Needs work")),
    "needs_person": Look("person", _("Needs a person")),
    "requested": Look("person", _("Waiting for approval")),
    "awaiting_review": Look("person", _("Waiting for review")),
    "in_review": Look("person", _("In review")),
    "sealed": Look("person", _("Sealed, not approved")),
    "flagged": Look("person", _("Flagged")),
    "unknown": Look("person", _("Permission unknown")),
    "stale": Look("person", _("Stale")),
    "lost": Look("person", _("Lost contact")),
    "running": Look("active", _("Running")),
    "claimed": Look("active", _("Claimed")),
    "building": Look("active", _("Building")),
    "open": Look("active", _("Open")),
    "starting": Look("active", _("Starting")),
    "stopping": Look("active", _("Stopping")),
    "leased": Look("active", _("Leased")),
    "settled": Look("neutral", _("Settled")),
    "decided": Look("kept", _("Decided")),
    "submitted": Look("kept", _("Submitted")),
    "resolved": Look("kept", _("Resolved")),
    "redelivered": Look("neutral", _("Delivered before")),
    "expired": Look("neutral", _("Expired")),
    "skipped": Look("neutral", _("Skipped")),
    "launching": Look("active", _("Launching")),
    "queued": Look("neutral", _("Queued")),
    "pending": Look("neutral", _("Pending")),
    "draft": Look("neutral", _("Draft")),
    "paused": Look("neutral", _("Paused")),
    "closed": Look("neutral", _("Closed")),
    "superseded": Look("neutral", _("Superseded")),
    "granted": Look("kept", _("Granted")),
    "set_aside": Look("neutral", _("Set aside")),
    "overtaken": Look("neutral", _("Overtaken")),
    "representative": Look("neutral", _("Representative")),
    "simulated": Look("simulated", _("Simulated")),
}


def look(state: str) -> Look:
    """The look of a state; one the table does not know is neutral and keeps its own word."""
    key = str(state).lower().replace("-", "_").replace(" ", "_")
    return LOOKS.get(key) or Look("neutral", str(state).replace("_", " ").capitalize())
