"""The latest word of every judgment of a campaign, flat, as the statistics read it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Length

from .models import Campaign, Item, JudgmentRevision


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One judgment as it holds now; lengths in characters, None for repairs; times in UTC."""

    judgment: UUID
    item: UUID
    annotator: UUID
    slot: int | None
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
    sampled: bool

    @property
    def counted(self) -> bool:
        """Whether it is one of those the item asked for."""
        return self.slot is not None


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
    "judgment__item__sampled",
)


def votes_of(campaign: Campaign) -> list[VoteRow]:
    """Every judgment of what the campaign asks, oldest first."""
    rows = (
        JudgmentRevision.objects.filter(judgment__item__in=Item.objects.asked_in(campaign))
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
            slot=row[3],
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
            sampled=row[14],
        )
        for row in rows
    ]
    return sorted(found, key=lambda vote: vote.given_at)


def drawn(votes: Sequence[VoteRow]) -> list[VoteRow]:
    """Votes on the items that chance chose: estimates are made of them. All votes where chance chose none of the items."""
    return [vote for vote in votes if vote.sampled] or list(votes)


def first_two(votes: Iterable[VoteRow]) -> list[VoteRow]:
    """The first two counted votes of each item: later ones may have been asked for because these two did not agree."""
    by_item: dict[UUID, list[VoteRow]] = defaultdict(list)
    for vote in votes:
        by_item[vote.item].append(vote)
    return [vote for own in by_item.values() for vote in sorted(own, key=lambda one: one.slot or 0)[:2]]
