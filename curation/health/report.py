"""Agentic health of the live traffic: success by depth, width and trouble, hedging, by service, release and day."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from core.intervals import Estimate, bootstrap_ratio, wilson
from core.resting import rested
from curation.models import ConversationMeasure, Feedback

DAYS = 30
MOST = 50_000
"""Conversations read at most, the newest; the page says when there were more."""
DEEPEST, WIDEST = 6, 4
GROUPS = 8
PER = 1000
RESAMPLED = 4000
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Seen:
    """One conversation: what was counted in it, and whether it ended well."""

    day: date
    service: str
    release: str
    depth: int
    fan_out: int
    failures: int
    timeouts: int
    interrupts: int
    recovered: bool
    hedges: int | None
    answer_words: int
    success: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a plot."""

    name: str
    label: Words
    estimate: Estimate


@dataclass(frozen=True)
class Health:
    """Everything on the page: estimates are shares with Wilson's interval, hedges a bootstrapped ratio per 1,000 words."""

    since: date
    until: date
    conversations: int
    cut: bool
    success: Estimate
    recovered: int
    by_depth: list[Group]
    by_fan_out: list[Group]
    by_trouble: list[Group]
    by_service: list[Group]
    by_release: list[Group]
    by_day: list[Group]
    hedges: Estimate
    hedges_by_service: list[Group]
    hedges_by_release: list[Group]
    hedges_by_day: list[Group]


TROUBLE: dict[str, tuple[Words, Callable[[Seen], bool]]] = {
    "none": (_("Nothing went wrong"), lambda one: not (one.failures or one.timeouts or one.interrupts)),
    "recovered": (_("Failed and recovered"), lambda one: one.recovered),
    "failed": (_("Failed, not recovered"), lambda one: bool(one.failures) and not one.recovered),
    "timeout": (_("Timed out somewhere"), lambda one: bool(one.timeouts)),
    "interrupt": (_("Interrupted"), lambda one: bool(one.interrupts)),
}


def health(project: Project, *, service: str = "", release: str = "", days: int = DAYS) -> Health | None:
    """The last `days` days with traffic; None before anything was measured."""
    asked = hashlib.sha256(f"{service}\0{release}\0{days}".encode()).hexdigest()
    return rested(f"health:{project.pk}:{asked}", lambda: _health(project, service, release, days))


def _health(project: Project, service: str, release: str, days: int) -> Health | None:
    measures = ConversationMeasure.objects.filter(project=project, version__current_of__isnull=False)
    if service:
        measures = measures.filter(version__trace__service=service)
    if release:
        measures = measures.filter(version__trace__release=release)
    until = measures.order_by("-day").values_list("day", flat=True).first()
    if until is None:
        return None
    since = until - timedelta(days=days - 1)
    disliked = Exists(Feedback.objects.filter(trace=OuterRef("version__trace"), rating=-1))
    well = (
        Q(answered=True, version__trace__escalated=False) & ~Q(version__trace__status="error") & ~Q(disliked)
    )
    rows = measures.filter(day__gte=since).annotate(
        service=F("version__trace__service"),
        release=F("version__trace__release"),
        disliked=disliked,
        success=Case(When(well, then=Value(True)), default=Value(False), output_field=BooleanField()),
    )
    names = list(Seen.__dataclass_fields__)
    seen = [Seen(*row) for row in rows.order_by("-day", "version_id").values_list(*names)[: MOST + 1]]
    return summarise(seen[:MOST], since, until, cut=len(seen) > MOST)


def summarise(seen: Sequence[Seen], since: date, until: date, *, cut: bool = False) -> Health:
    """The report of these conversations."""
    return Health(
        since=since, until=until, conversations=len(seen), cut=cut, success=_share(seen),
        recovered=sum(one.recovered for one in seen),
        by_depth=_up_to(seen, lambda one: one.depth, DEEPEST),
        by_fan_out=_up_to(seen, lambda one: one.fan_out, WIDEST),
        by_trouble=[Group(name, label, _share([one for one in seen if holds(one)])) for name, (label, holds) in TROUBLE.items()],
        by_service=_largest(seen, lambda one: one.service, _share),
        by_release=_largest(seen, lambda one: one.release, _share),
        by_day=_daily(seen, _share),
        hedges=_hedges(seen),
        hedges_by_service=_largest(seen, lambda one: one.service, _hedges),
        hedges_by_release=_largest(seen, lambda one: one.release, _hedges),
        hedges_by_day=_daily(seen, _hedges),
    )  # fmt: skip


def _share(seen: Sequence[Seen]) -> Estimate:
    return wilson(sum(one.success for one in seen), len(seen))


def _hedges(seen: Sequence[Seen]) -> Estimate:
    """Per 1,000 words of answers in English; of very many the newest are resampled."""
    counted = [one for one in seen if one.hedges is not None and one.answer_words][:RESAMPLED]
    return bootstrap_ratio(
        [one.hedges or 0 for one in counted], [one.answer_words for one in counted], scale=PER
    )


def _grouped(seen: Iterable[Seen], key: Callable[[Seen], Hashable]) -> dict[Hashable, list[Seen]]:
    groups: dict[Hashable, list[Seen]] = defaultdict(list)
    for one in seen:
        groups[key(one)].append(one)
    return groups


def _up_to(seen: Sequence[Seen], count: Callable[[Seen], int], most: int) -> list[Group]:
    groups = _grouped(seen, lambda one: min(count(one), most))
    return [
        Group(str(number), f"{number}+" if number == most else str(number), _share(groups[number]))
        for number in range(most + 1) if number in groups
    ]  # fmt: skip


def _largest(
    seen: Sequence[Seen], key: Callable[[Seen], str], estimate: Callable[[Sequence[Seen]], Estimate]
) -> list[Group]:
    groups = sorted(_grouped(seen, key).items(), key=lambda item: (-len(item[1]), str(item[0])))
    return [Group(str(name), str(name) or _("not named"), estimate(part)) for name, part in groups[:GROUPS]]


def _daily(seen: Sequence[Seen], estimate: Callable[[Sequence[Seen]], Estimate]) -> list[Group]:
    groups = _grouped(seen, lambda one: one.day)
    return [
        Group(str(day), str(day), estimate(part))
        for day, part in sorted(groups.items(), key=lambda item: str(item[0]))
    ]
