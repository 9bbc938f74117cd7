"""What traffic costs and how many tokens it takes, by day and service, from traces and from the senders' own metrics."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _

from accounts.models import Project
from core.plots import Plot, Series, lines
from core.resting import rested
from curation.costs import costs_by_day
from curation.models import ConversationVersion, MetricPoint, Trace

DAYS = 30
HALF = 420


@dataclass(slots=True)
class ServiceCost:
    """One service in the stretch: US dollars, traces, and how many of them nobody can price."""

    service: str
    cost: Decimal = Decimal(0)
    traces: int = 0
    unpriced: int = 0

    @property
    def each(self) -> Decimal | None:
        """US dollars a priced trace."""
        priced = self.traces - self.unpriced
        return self.cost / priced if priced else None


@dataclass(slots=True)
class ModelTokens:
    """Tokens of one model as its traces say and as its sender's metrics say; None where one of them says nothing."""

    model: str
    traced: dict[str, int | None] = field(default_factory=dict)
    measured: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Spending:
    """The days up to `until`, the last one on which a trace happened."""

    until: date
    services: list[ServiceCost]
    by_day: dict[date, Decimal]
    tokens: list[ModelTokens]

    @property
    def total(self) -> Decimal:
        """US dollars of all of it."""
        return sum(self.by_day.values(), Decimal(0))


def spending(project: Project) -> Spending | None:
    """The last `DAYS` days with traffic; None before the first trace. Slow answers rest a while."""
    newest = (
        Trace.objects.filter(project=project)
        .order_by("-occurred_at", "-id")
        .values_list("occurred_at", flat=True)
    )
    last = newest.first()
    if last is None:
        return None
    return rested(f"spending:{project.pk}", lambda: _spending(project, last.date()))


def _spending(project: Project, until: date) -> Spending:
    since = until - timedelta(days=DAYS - 1)
    services: dict[str, ServiceCost] = {}
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    for row in costs_by_day(project.pk, since):
        one = services.setdefault(row["service"], ServiceCost(row["service"]))
        one.cost += row["cost"] or 0
        one.traces += row["traces"]
        one.unpriced += row["unpriced"]
        by_day[row["day"]] += row["cost"] or 0
    ordered = sorted(services.values(), key=lambda one: (-one.cost, one.service))
    return Spending(until, ordered, dict(by_day), _tokens(project, since))


def _tokens(project: Project, since: date) -> list[ModelTokens]:
    found: dict[str, ModelTokens] = {}
    current = ConversationVersion.objects.filter(project=project, current_of__isnull=False, day__gte=since)
    grouped = current.values(model=F("trace__model")).annotate(
        input=Sum("input_tokens"), output=Sum("output_tokens"), traces=Count("id")
    )
    for row in grouped.order_by("-traces", "model"):
        one = found.setdefault(row["model"], ModelTokens(row["model"]))
        one.traced = {"input": row["input"], "output": row["output"]}
    for point in MetricPoint.objects.token_usage(project.pk, since):
        one = found.setdefault(point["model"], ModelTokens(point["model"]))
        one.measured[point["token_type"]] = (one.measured.get(point["token_type"]) or 0) + (
            point["tokens"] or 0
        )
    return list(found.values())


def cost_plot(spent: Spending) -> Plot | None:
    """US dollars a day; None when nothing has a price."""
    if not spent.total:
        return None
    days = [spent.until - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    series = Series(
        _("US dollars"),
        [float(-ago) for ago in range(DAYS - 1, -1, -1)],
        [float(spent.by_day.get(day, 0)) for day in days],
    )
    return lines(
        _("Cost a day"), [series], unit="$", from_zero=True, height=200, width=HALF,
        x_label=_("days before %(day)s") % {"day": spent.until.isoformat()},
    )  # fmt: skip
