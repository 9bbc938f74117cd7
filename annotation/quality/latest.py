"""The last report of a campaign, for those who read it in numbers."""

from typing import Any

from ..models import Campaign, Item, JudgmentRevision, QualityReport

MOST_PEOPLE = 500


def last_of(campaign: Campaign) -> QualityReport | None:
    """The report that stands."""
    return QualityReport.objects.filter(campaign=campaign).order_by("-created_at").first()


def answers_since(campaign: Campaign, report: QualityReport | None, *, most: int) -> int:
    """How many answers (or changes of one) came after the report, counted to `most`."""
    last = report.numbers["last_revision"] if report else 0
    newer = JudgmentRevision.objects.filter(judgment__item__in=Item.objects.asked_in(campaign), pk__gt=last)
    return newer.filter(judgment__slot__isnull=False)[:most].count()


def latest_report(campaign: Campaign, *, people: bool) -> dict[str, Any] | None:
    """Its numbers with the hash of the votes; `people` adds those of single annotators, the accused and the busiest first."""
    found = last_of(campaign)
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
