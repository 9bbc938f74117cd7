"""What the curation board shows: the funnel from raw to kept, the strata, and what governs them. Reads of the projection only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from core.plots import Plot, bars, funnel, heat
from core.plots.bars import Bar
from curation.check_words import CHECKS
from curation.difficulty import Difficulty
from curation.models import Asset, CurationState, Drop
from curation.models.assets import AssetKind
from curation.models.conversation import CurationStep

ROWS = 16
EXAMPLES = 3
REASONS: dict[str, tuple[str | Promise, str | Promise]] = {
    "quarantined": (
        gettext_lazy("Quarantined"),
        gettext_lazy("It holds a prompt or task that must never be trained on."),
    ),
    "empty": (gettext_lazy("Empty"), gettext_lazy("Nothing was said in it.")),
    "unreadable": (
        gettext_lazy("Unreadable"),
        gettext_lazy("A curation step could not work on it; the operator's log says which."),
    ),
    "body_retired": (
        gettext_lazy("Text retired"),
        gettext_lazy("Retention was over before it could be read."),
    ),
    "no_answer": (gettext_lazy("No answer"), gettext_lazy("The call failed, or ended before any answer.")),
    "training_denied": (
        gettext_lazy("Training denied"),
        gettext_lazy("Its people do not allow training on it."),
    ),
    "training_unknown": (
        gettext_lazy("Permission unknown"),
        gettext_lazy("Nobody has said that it may be trained on."),
    ),
    **{name: (check.name, check.meaning) for name, check in CHECKS.items()},
    "continued": (
        gettext_lazy("Continued"),
        gettext_lazy("It was logged call by call: a longer form of the same conversation stands for it."),
    ),
    "exact_duplicate": (
        gettext_lazy("Exact duplicate"),
        gettext_lazy("The same words as the one that stands for its cluster."),
    ),
    "near_duplicate": (
        gettext_lazy("Near-duplicate"),
        gettext_lazy("At least 80 % of its word sequences are those of the one that stands for its cluster."),
    ),
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """One drop reason with its count and a few of what it left out."""

    reason: str
    name: str | Promise
    meaning: str | Promise
    count: int
    examples: Sequence[Drop]

    @property
    def is_duplicate(self) -> bool:
        """Whether its examples are best seen in their cluster."""
        return self.reason.endswith("_duplicate")


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page."""

    versions: int
    kept: int
    waiting: int
    dropped: list[Dropped]
    funnel: Plot | None
    strata: Plot | None
    kinds: Plot | None
    domains: list[tuple[str, int]]


def live(project: Project) -> QuerySet[CurationState]:
    """States of versions that are not superseded."""
    return CurationState.objects.filter(project=project).exclude(step=CurationStep.SUPERSEDED)


def kept(project: Project) -> QuerySet[CurationState]:
    """What passed every step."""
    return live(project).filter(step=CurationStep.DONE, drop_reason="")


def read_board(project: Project) -> Board:
    """One grouping query for all the numbers, and a short one per reason for its examples."""
    cells = list(
        live(project)
        .values_list("drop_reason", "step", "domain", "difficulty", "kind")
        .annotate(count=Count("pk"))
    )
    reasons: Counter[str] = Counter()
    strata: Counter[tuple[str, str]] = Counter()
    kinds: Counter[str] = Counter()
    total = waiting = passed = 0
    for reason, step, domain, difficulty, kind, count in cells:
        total += count
        if reason:
            reasons[reason] += count
        elif step != CurationStep.DONE:
            waiting += count
        else:
            passed += count
            strata[domain, difficulty] += count
            kinds[kind] += count
    domains = Counter[str]()
    for (domain, _difficulty), count in strata.items():
        domains[domain] += count
    return Board(
        versions=total, kept=passed, waiting=waiting, dropped=_dropped(project, reasons),
        funnel=_funnel(total - waiting, reasons) if total - waiting else None,
        strata=_strata(domains, strata) if passed else None,
        kinds=_kinds(kinds) if passed else None,
        domains=domains.most_common(),
    )  # fmt: skip


def _dropped(project: Project, reasons: Counter[str]) -> list[Dropped]:
    return [
        Dropped(reason, *REASONS.get(reason, (reason, "")), count, list(examples(project, reason)[:EXAMPLES]))
        for reason, count in reasons.most_common()
    ]


def examples(project: Project, reason: str) -> QuerySet[Drop]:
    """What a reason left out and still leaves out, newest first."""
    found = Drop.objects.filter(project=project, reason=reason, version__curation__drop_reason=reason)
    return found.select_related("version__curation").order_by("-pk")


def _funnel(total: int, reasons: Counter[str]) -> Plot:
    left, steps = total, [(_("conversations"), total, 0)]
    for reason, (name, _meaning) in REASONS.items():
        if reasons[reason]:
            left -= reasons[reason]
            steps.append((str(name), left, reasons[reason]))
    return funnel(_("From raw to kept"), steps, unit=_("conversations"))


def _strata(domains: Counter[str], strata: Counter[tuple[str, str]]) -> Plot:
    shown = [name for name, _count in domains.most_common(ROWS)]
    columns = [one.value for one in Difficulty]
    values = {
        (row, column): float(strata[row, column])
        for row in shown
        for column in columns
        if strata[row, column]
    }
    note = ""
    if len(domains) > ROWS:
        note = _("The %(shown)d largest of %(all)d domains.") % {"shown": ROWS, "all": len(domains)}
    return heat(_("Strata of what is kept"), shown, columns, values, unit=_("conversations"), note=note)


def _kinds(kinds: Counter[str]) -> Plot:
    items = [Bar(name.replace("_", " "), (count,)) for name, count in kinds.most_common()]
    return bars(_("Kinds of what is kept"), items, unit=_("conversations"))


def governing(project: Project) -> list[tuple[str, Any]]:
    """The asset versions in force, as facts."""
    names = {
        AssetKind.REDACTION_RULES: _("Redaction rules"),
        AssetKind.QUARANTINE: _("Quarantine"),
        AssetKind.TAXONOMY: _("Domains"),
    }
    found = Asset.objects.filter(project=project, kind__in=names).select_related("current").order_by("kind")
    return [
        (names[AssetKind(one.kind)], f"{one.name} v{one.current.number}")
        for one in found
        if one.current is not None
    ]
