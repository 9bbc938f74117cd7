"""The latest word of every judgment of a campaign, flat, as the statistics read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Length

from .models import Campaign, ItemRole, JudgmentRevision


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One judgment as it holds now; lengths in characters, None for repairs; times in UTC."""

    judgment: UUID
    item: UUID
    annotator: UUID
    counted: bool
    simulated: bool
    choice: str
    strength: int
    swapped: bool | None
    active_ms: int | None
    given_at: datetime
    stratum: str
    length_a: int | None
    length_b: int | None
    revision: int


COLUMNS = (
    "judgment_id",
    "judgment__item_id",
    "judgment__profile_id",
    "judgment__slot",
    "judgment__simulated",
    "choice",
    "strength",
    "judgment__assignment__swapped",
    "active_ms",
    "judgment__created_at",
    "judgment__item__version__curation__domain",
    "length_a",
    "length_b",
    "pk",
)


def votes_of(campaign: Campaign, *, kind: str | None = None) -> list[VoteRow]:
    """Every judgment of the campaign's own items, oldest first; pairs made by fixes are not asked for again."""
    rows = (
        JudgmentRevision.objects.filter(
            judgment__item__campaign=campaign,
            judgment__item__kind=kind or campaign.kind,
            judgment__item__role=ItemRole.WORK,
        )
        .annotate(
            length_a=Length("judgment__item__pair__response_a__text"),
            length_b=Length("judgment__item__pair__response_b__text"),
        )
        .order_by("judgment_id", "-number")
        .distinct("judgment_id")
        .values_list(*COLUMNS)
    )
    found = [
        VoteRow(
            judgment=row[0],
            item=row[1],
            annotator=row[2],
            counted=row[3] is not None,
            simulated=row[4],
            choice=row[5],
            strength=row[6],
            swapped=row[7],
            active_ms=row[8],
            given_at=row[9],
            stratum=row[10] or "",
            length_a=row[11],
            length_b=row[12],
            revision=row[13],
        )
        for row in rows
    ]
    return sorted(found, key=lambda vote: vote.given_at)
