"""What validators marked on a version under the choice in force."""

from __future__ import annotations

from curation.check_words import CHECKS, WHATS, Words
from curation.checks import project_checks
from curation.models import ConversationVersion, Flag


def flags_of(version: ConversationVersion | None) -> list[tuple[Words, str, int]]:
    """(name, what was found at its first place, how many places) of each mark; none without a version."""
    if version is None:
        return []
    checks = project_checks(version.project)
    found = Flag.objects.filter(version=version, policy_id=checks.version_id).order_by("id")
    return [
        (CHECKS[one.validator].name, _first(one.detail), int(one.detail.get("count", 1)))
        for one in found
        if one.validator in CHECKS
    ]


def _first(detail: dict[str, list[dict[str, str]]]) -> str:
    what = next((place["what"] for place in detail.get("places", [])), "")
    return str(WHATS.get(what, what))
