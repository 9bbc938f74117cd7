"""What a lead sees of a campaign: how far, how fast, how many people really, how much they agree, any side effects."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor, log
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from . import diversity
from .agreement import Estimate
from .bias import BinomialTest, against_a_fair_coin
from .models import Campaign, Item, JudgmentRevision
from .quality.agreeing import Base, agreement_of, agrees_with_others, base_of
from .quality.reading import left_of, longer_of
from .votes import VoteRow, votes_of

RATE_WINDOW = timedelta(hours=1)
CACHE_SECONDS = 600
EVERY_ANSWER = 5_000
"""Up to so many answers the board is computed anew after each."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Items by state, judgments by kind; `eta` at the rate of the last hour, None without one."""

    items: int
    decided: int
    flagged: int
    held: int
    asked: int
    counted: int
    simulated: int
    extra: int
    per_hour: int
    eta: timedelta | None

    @property
    def share(self) -> float:
        """Counted judgments of those asked for, 0..1."""
        return self.counted / self.asked if self.asked else 0.0

    @property
    def eta_seconds(self) -> float | None:
        """The same in seconds, for pages."""
        return self.eta.total_seconds() if self.eta is not None else None


@dataclass(frozen=True, slots=True)
class AnnotatorRow:
    """One annotator's work, under the pseudonym; median active time in seconds."""

    annotator: UUID
    simulated: bool
    votes: int
    median_seconds: float | None
    left: BinomialTest | None
    agrees: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """Agreement and bias of the counted votes; None wherever it is undefined."""

    nominal: Estimate | None
    ordinal: Estimate | None
    ac1: Estimate | None
    pairwise: float | None
    left: BinomialTest | None
    longer: BinomialTest | None
    choices: dict[str, int]
    base: Base


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the campaign page except the axes."""

    progress: Progress
    people: diversity.Diversity
    real_people: diversity.Diversity
    quality: Quality
    annotators: list[AnnotatorRow]


def read_board(campaign: Campaign) -> Board:
    """Compute the board; statistics are kept until the next answer comes in, of a large campaign until 1 % more have."""
    votes_key = _cache_key(campaign)
    kept = cache.get(votes_key)
    if kept is None:
        votes = votes_of(campaign)
        counted = [vote for vote in votes if vote.counted]
        kept = (
            _people(counted),
            _people([vote for vote in counted if not vote.simulated]),
            quality_of(counted, kind=campaign.kind),
            annotator_rows(counted),
        )
        cache.set(votes_key, kept, CACHE_SECONDS)
    people, real, quality, rows = kept
    return Board(read_progress(campaign), people, real, quality, rows)


def _cache_key(campaign: Campaign) -> str:
    said = JudgmentRevision.objects.filter(judgment__item__campaign=campaign)
    found = said.aggregate(last=Max("pk", default=0), n=Count("pk"))
    return f"annotation.board.4.{campaign.pk}.{freshness(**found)}"


def freshness(*, last: int, n: int) -> str:
    """What tells one state of the votes from the next: each of few, every hundredth part of many."""
    return str(last) if n <= EVERY_ANSWER else f"about{floor(log(n) / log(1.01))}"


def _people(votes: Sequence[VoteRow]) -> diversity.Diversity:
    return diversity.summarise(Counter(vote.annotator for vote in votes).values())


def read_progress(campaign: Campaign, now: datetime | None = None) -> Progress:
    """Counts straight from the tables."""
    now = now or timezone.now()
    own = Item.objects.asked_in(campaign)
    items = own.aggregate(
        items=Count("pk"),
        decided=Count("pk", filter=Q(state="decided")),
        flagged=Count("pk", filter=Q(state="flagged")),
        asked=Sum("slots_asked", default=0),
    )
    held = own.filter(assignments__state="leased").count()
    votes = own.filter(judgments__isnull=False).aggregate(
        counted=Count("judgments", filter=Q(judgments__slot__isnull=False)),
        simulated=Count("judgments", filter=Q(judgments__slot__isnull=False, judgments__simulated=True)),
        extra=Count("judgments", filter=Q(judgments__slot__isnull=True)),
        recent=Count("judgments", filter=Q(judgments__created_at__gte=now - RATE_WINDOW)),
    )
    per_hour = votes.pop("recent")
    left = items["asked"] - votes["counted"]
    eta = timedelta(hours=left / per_hour) if per_hour and left > 0 else None
    return Progress(**items, **votes, held=held, per_hour=per_hour, eta=eta)


def quality_of(votes: Sequence[VoteRow], *, kind: str) -> Quality:
    """Agreement on the scale of the kind, and for pairs the pull of the left side and of the longer answer."""
    agree = agreement_of(votes, kind=kind)
    pairs = kind == "pair"
    return Quality(
        nominal=agree.alpha_nominal,
        ordinal=agree.alpha_ordinal,
        ac1=agree.ac1,
        pairwise=agree.pairwise.value if agree.pairwise else None,
        left=against_a_fair_coin((vote.item, left_of(vote)) for vote in votes) if pairs else None,
        longer=against_a_fair_coin((vote.item, longer_of(vote)) for vote in votes) if pairs else None,
        choices=dict(Counter(vote.choice for vote in votes)),
        base=base_of(votes),
    )


def annotator_rows(votes: Sequence[VoteRow]) -> list[AnnotatorRow]:
    """One row per annotator, busiest first; `agrees` is the share of co-votes on the same item that are equal."""
    agrees = agrees_with_others(votes)
    by_annotator: dict[UUID, list[VoteRow]] = {}
    for vote in votes:
        by_annotator.setdefault(vote.annotator, []).append(vote)
    rows = []
    for annotator, own in by_annotator.items():
        times = [vote.active_ms for vote in own if vote.active_ms is not None]
        rows.append(
            AnnotatorRow(
                annotator=annotator,
                simulated=own[0].simulated,
                votes=len(own),
                median_seconds=statistics.median(times) / 1000 if times else None,
                left=against_a_fair_coin((vote.item, left_of(vote)) for vote in own),
                agrees=agrees.get(annotator),
            )
        )
    return sorted(rows, key=lambda row: (-row.votes, row.annotator))
