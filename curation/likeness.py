"""Production likeness: does a choice of conversations look like what comes in now? Strata, kinds, languages and lengths.

A near-duplicate cluster counts once on either side, since a choice that takes one of each would else look unlike
everything. What is chosen and what of the live window is not are compared, and clusters change sides under chance.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from core.divergence import ALPHA, Divergence, alarms, compare_categories, compare_numbers, wasserstein
from core.plots import Dot, Plot, dots
from curation.models import CurationState, Trace
from curation.models.conversation import CurationStep

WINDOW_DAYS = 14
MOST = 20_000
"""Clusters compared at most on each side; of more, the newest of the window and an even part of the choice."""
FEWEST = 20
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Row:
    """One cluster on one side of the comparison; lengths in words."""

    cluster: str
    stratum: str
    kind: str
    language: str
    prompt_words: int | None
    answer_words: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that was compared; `moved` is how far in words for lengths; `alarm` says that it is more than chance."""

    name: str
    label: Words
    test: Divergence
    alarm: bool
    moved: float | None = None
    examples: str = ""


@dataclass(frozen=True)
class Likeness:
    """A choice against the live window. `compared` is empty, with a reason, where there is too little to compare."""

    chosen: int
    window: int
    since: datetime | None
    until: datetime | None
    compared: tuple[Compared, ...] = ()
    reason: Words = ""

    @property
    def alarms(self) -> list[Compared]:
        """What differs by more than chance."""
        return [one for one in self.compared if one.alarm]


LABELS = {
    "stratum": gettext_lazy("Domain and difficulty"), "kind": gettext_lazy("Kind"), "language": gettext_lazy("Language"),
    "prompt_words": gettext_lazy("Length of what was asked"), "answer_words": gettext_lazy("Length of the answer"),
}  # fmt: skip
CATEGORIES, LENGTHS = ("stratum", "kind", "language"), ("prompt_words", "answer_words")


def likeness(project: Project, versions: Collection[uuid.UUID], *, days: int = WINDOW_DAYS) -> Likeness:
    """These versions against everything of the last `days` days with traffic, whatever curation made of it."""
    newest = (
        Trace.objects.filter(project=project)
        .order_by("-occurred_at", "-id")
        .values_list("occurred_at", flat=True)
        .first()
    )
    if newest is None or not versions:
        return Likeness(
            len(versions), 0, None, newest, reason=gettext_lazy("There is nothing to compare yet.")
        )
    since = newest - timedelta(days=days)
    chosen = _once(_rows(project, _even(sorted(versions))))
    live = _once(_window(project, since))
    rest = [row for cluster, row in live.items() if cluster not in chosen]
    if min(len(chosen), len(rest)) < FEWEST:
        reason = gettext_lazy("Fewer than 20 clusters on one side: too few to tell a difference from chance.")
        return Likeness(len(chosen), len(live), since, newest, reason=reason)
    return Likeness(len(chosen), len(live), since, newest, compare(list(chosen.values()), rest))


def compare(chosen: Sequence[Row], rest: Sequence[Row]) -> tuple[Compared, ...]:
    """Every category and length of both sides; an alarm in all of them together is false in at most one case of twenty."""
    rows, sides = [*chosen, *rest], [True] * len(chosen) + [False] * len(rest)
    tests: list[tuple[str, Divergence, float | None, str]] = []
    for name in CATEGORIES:
        values = [getattr(row, name) for row in rows]
        test = compare_categories(values, sides, [row.cluster for row in rows])
        tests.append((name, test, None, _furthest(values[: len(chosen)], values[len(chosen) :])))
    for name in LENGTHS:
        known = [(getattr(row, name), side, row.cluster) for row, side in zip(rows, sides, strict=True)
                 if getattr(row, name) is not None]  # fmt: skip
        numbers = [float(value) for value, _side, _cluster in known]
        test = compare_numbers(
            numbers, [side for _v, side, _c in known], [cluster for _v, _s, cluster in known]
        )
        apart = [
            [n for n, (_v, side, _c) in zip(numbers, known, strict=True) if side is wanted]
            for wanted in (True, False)
        ]
        tests.append((name, test, wasserstein(*apart) if all(apart) else None, ""))
    raised = alarms([test for _name, test, _moved, _said in tests])
    return tuple(
        Compared(name, LABELS[name], test, alarm, moved, said)
        for (name, test, moved, said), alarm in zip(tests, raised, strict=True)
    )


def likeness_plot(found: Likeness) -> Plot | None:
    """Each distance with what chance would give; None where nothing was compared."""
    if not found.compared:
        return None
    items = [
        Dot(str(one.label), round(one.test.value, 2), 0.0, one.test.chance, _("differs") if one.alarm else _("alike"),
            "p-dropped" if one.alarm else "p-s1")
        for one in found.compared
    ]  # fmt: skip
    note = _(
        "The line is what chance alone gives in 19 of 20 cases; all together raise a false alarm in at most %(share)s %%."
    )
    return dots(
        _("Distance from the live window"),
        items,
        unit=_("0 alike, 1 apart"),
        note=note % {"share": f"{ALPHA:.0%}".rstrip("%")},
    )


_FIELDS = {
    "of_cluster": F("cluster_id"), "words_asked": F("version__measure__prompt_words"),
    "words_answered": F("version__measure__answer_words"),
}  # fmt: skip


def _rows(project: Project, versions: Sequence[uuid.UUID]) -> Iterable[Row]:
    for start in range(0, len(versions), 2000):
        states = CurationState.objects.filter(project=project, version__in=versions[start : start + 2000])
        yield from map(
            _row, states.values("version_id", "domain", "difficulty", "kind", "language", **_FIELDS)
        )


def _window(project: Project, since: datetime) -> Iterable[Row]:
    states = CurationState.objects.filter(
        project=project, step=CurationStep.DONE, version__day__gte=since.date(),
        version__current_of__occurred_at__gte=since, version__current_of__isnull=False,
    )  # fmt: skip
    states = states.exclude(drop_reason__in=("unreadable", "body_retired")).order_by(
        "-version__day", "version_id"
    )
    rows = states.values("version_id", "domain", "difficulty", "kind", "language", **_FIELDS)[: 4 * MOST]
    return map(_row, rows.iterator())


def _row(state: Any) -> Row:
    return Row(
        cluster=str(state["of_cluster"] or state["version_id"]),
        stratum=f"{state['domain'] or 'unknown'} × {state['difficulty'] or 'unknown'}",
        kind=state["kind"] or "unknown",
        language=state["language"] or "und",
        prompt_words=state["words_asked"],
        answer_words=state["words_answered"],
    )


def _once(rows: Iterable[Row]) -> dict[str, Row]:
    """The first of each cluster, up to the most that is compared."""
    found: dict[str, Row] = {}
    for row in rows:
        if len(found) >= MOST:
            break
        found.setdefault(row.cluster, row)
    return found


def _even(versions: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    step = max(1, len(versions) // MOST)
    return versions[::step]


def _furthest(chosen: Sequence[str], rest: Sequence[str]) -> str:
    """The category whose share differs most, in words: `code 40 % instead of 10 %`."""
    one, other = Counter(chosen), Counter(rest)
    name = max(
        one.keys() | other.keys(), key=lambda key: (abs(one[key] / len(chosen) - other[key] / len(rest)), key)
    )
    shares = {
        "name": name.replace("_", " "),
        "one": f"{one[name] / len(chosen):.0%}",
        "other": f"{other[name] / len(rest):.0%}",
    }
    return _("%(name)s %(one)s instead of %(other)s") % shares
