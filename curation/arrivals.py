"""How long traces are on their way, how many wait to be put together, and what may be trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from accounts.models import ApiToken, Project
from core.paging import CAP, capped_count
from curation import sketch
from curation.models import Trace

NEWEST = 1_000
LATEST = timedelta(hours=24)


@dataclass(frozen=True)
class Quantiles:
    """Milliseconds below which half, 95 % and 99 % lie, and of how many."""

    p50: float | None
    p95: float | None
    p99: float | None
    count: int

    @property
    def half(self) -> float | None:
        """The median in seconds."""
        return None if self.p50 is None else self.p50 / 1000

    @property
    def most(self) -> float | None:
        """The 95 % quantile in seconds."""
        return None if self.p95 is None else self.p95 / 1000


@dataclass(frozen=True)
class Waiting:
    """Traces not yet put together; `overdue` seconds since the oldest of them was due, None where none is."""

    count: int
    overdue: float | None


@dataclass(frozen=True)
class Uses:
    """Training use of the newest traces, by word and by who said it; what holds when nobody does."""

    counts: Counter[str]
    sources: Counter[tuple[str, str]]
    default: str
    tokens: list[ApiToken]

    @property
    def total(self) -> int:
        """How many traces were looked at."""
        return sum(self.counts.values())


def quantiles(histogram: Counter[int]) -> Quantiles:
    """The three that are looked at."""
    shown = [sketch.quantile(histogram, share) for share in (0.5, 0.95, 0.99)]
    return Quantiles(shown[0], shown[1], shown[2], sum(histogram.values()))


def lags(project: Project) -> tuple[Quantiles, Quantiles]:
    """(end of the event → stored, stored → first put together) of the newest traces of the last day."""
    newest = Trace.objects.filter(project=project, occurred_at__gt=timezone.now() - LATEST).order_by(
        "-occurred_at", "-id"
    )
    rows = newest.values_list(
        "ended_at", "occurred_at", "received_at", "current__created_at", "current__number"
    )[:NEWEST]
    stored, settled = [], []
    for ended, occurred, received, made, number in rows:
        stored.append(_ms(ended or occurred, received))
        if number == 1:
            settled.append(_ms(received, made))
    return quantiles(sketch.of(stored)), quantiles(sketch.of(settled))


def waiting(project: Project) -> Waiting:
    """The backlog of settling."""
    open_ones = Trace.objects.filter(project=project, settle_after__isnull=False)
    oldest: datetime | None = open_ones.aggregate(oldest=Min("settle_after"))["oldest"]
    late = (timezone.now() - oldest).total_seconds() if oldest else None
    return Waiting(capped_count(open_ones, CAP), late if late is not None and late > 0 else None)


def uses(project: Project) -> Uses:
    """What the newest traces say, at most CAP of them."""
    newest = Trace.objects.filter(project=project).order_by("-occurred_at", "-id")
    pairs = list(newest.values_list("training_use", "training_use_source")[:CAP])
    tokens = ApiToken.objects.filter(project=project, revoked_at__isnull=True).exclude(training_use="")
    return Uses(
        _counted(use for use, _ in pairs),
        Counter(pairs),
        project.training_use_default,
        list(tokens.order_by("name")),
    )


def _counted(words: Iterable[str]) -> Counter[str]:
    return Counter(words)


def _ms(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() * 1000)
