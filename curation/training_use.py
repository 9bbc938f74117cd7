"""May this be trained on? Only what is explicitly allowed is selectable; not knowing is not permission."""

from __future__ import annotations

DENIED_REASON = "training_denied"
UNKNOWN_REASON = "training_unknown"
_REASONS = {"allowed": "", "denied": DENIED_REASON, "unknown": UNKNOWN_REASON}


def drop_reason(training_use: str) -> str:
    """ "" when training is allowed, else the reason for leaving the conversation out; anything unheard of is unknown."""
    return _REASONS.get(training_use, UNKNOWN_REASON)
