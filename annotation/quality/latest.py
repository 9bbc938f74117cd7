"""The last report of a campaign, for those who read it in numbers."""

from typing import Any

from ..models import Campaign, QualityReport

MOST_PEOPLE = 500


def latest_report(campaign: Campaign, *, people: bool) -> dict[str, Any] | None:
    """Its numbers with the hash of the votes; `people` adds those of single annotators, the accused and the busiest first."""
    found = QualityReport.objects.filter(campaign=campaign).order_by("-created_at").first()
    if found is None:
        return None
    numbers = {name: value for name, value in found.numbers.items() if name != "annotators"}
    if people:
        numbers["annotators"] = found.numbers["annotators"][:MOST_PEOPLE]
    return {
        "votes_hash": found.votes_hash,
        "votes": found.votes,
        "simulated": found.simulated,
        "computed_at": found.created_at,
        **numbers,
    }
