"""Strata of what is kept as a heat map: domains down, one other axis across, each cell against its quota where one is set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from core.plots.heat import shade
from curation.board_slice import Slice
from curation.difficulty import Difficulty
from curation.drop_reasons import Words
from curation.models.conversation import CurationStep
from curation.quota_board import quota_version, quotas_of
from curation.sampling import Given, Quotas, allocate, stratum_name

AXES: Mapping[str, Words] = {
    "difficulty": gettext_lazy("Difficulty"), "kind": gettext_lazy("Kind"), "language": gettext_lazy("Language"),
}  # fmt: skip
MOST_ROWS = 24
MOST_COLUMNS = 8
Counts = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One stratum: how many are kept, their share of all that is, a shade from 0 (none) to 4, its line of the quotas."""

    row: str
    column: str
    count: int
    share: float
    shade: int
    against: Given | None


@dataclass(frozen=True, slots=True)
class StrataRow:
    """One domain across all columns; `total` counts columns that are not shown too."""

    name: str
    cells: Sequence[Cell]
    total: int
    share: float


@dataclass(frozen=True, slots=True)
class StrataMap:
    """The whole table; `note` says what is not shown, `short` how many rows the quotas lack."""

    axis: str
    columns: Sequence[str]
    rows: Sequence[StrataRow]
    total: int
    short: int
    has_quotas: bool
    note: str


def read_strata(project: Project, within: Slice, axis: str) -> StrataMap:
    """One grouping query, and the quotas in force where they are about these axes and all traces are counted."""
    kept = within.traces(project).filter(
        current__curation__step=CurationStep.DONE, current__curation__drop_reason=""
    )
    cells = kept.order_by().values_list("current__curation__domain", f"current__curation__{axis}")
    counts: Counts = Counter({(row, column): n for row, column, n in cells.annotate(n=Count("pk"))})
    version = None if within.is_narrowed else quota_version(project)
    quotas = quotas_of(version) if version else None
    return _drawn(axis, counts, quotas if quotas and quotas.axes == ("domain", axis) else None)


def _drawn(axis: str, counts: Counts, quotas: Quotas | None) -> StrataMap:
    lines = _lines(counts, quotas)
    wanted = {_cell_of(name) for name in lines}
    every = {cell: counts[cell] for cell in {*counts, *(cell for cell in wanted if cell not in counts)}}
    columns = _columns(axis, every)
    names, totals = _most(every, 0), _sums(every, 0)
    total, top = sum(every.values()), max(every.values(), default=0)

    def cell(row: str, column: str) -> Cell:
        count = every.get((row, column), 0)
        line = lines.get(stratum_name((row, column)))
        return Cell(row, column, count, count / total if total else 0.0, shade(count, top), line)

    rows = [
        StrataRow(name, [cell(name, column) for column in columns[:MOST_COLUMNS]], totals[name],
                  totals[name] / total if total else 0.0)
        for name in names[:MOST_ROWS]
    ]  # fmt: skip
    short = sum(line.short for line in lines.values())
    return StrataMap(axis, columns[:MOST_COLUMNS], rows, total, short, bool(lines), _note(names, columns))


def _lines(counts: Counts, quotas: Quotas | None) -> dict[str, Given]:
    if quotas is None:
        return {}
    there = {stratum_name(cell): count for cell, count in counts.items()}
    return {line.stratum: line for line in allocate(quotas, there)}


def _cell_of(name: str) -> tuple[str, str]:
    domain, _separator, column = name.partition(" × ")
    return domain, column


def _columns(axis: str, counts: Mapping[tuple[str, str], int]) -> list[str]:
    if axis == "difficulty":
        known = [one.value for one in Difficulty]
        return [*known, *(name for name in _most(counts, 1) if name not in known)]
    return _most(counts, 1)


def _sums(counts: Mapping[tuple[str, str], int], side: int) -> Counter[str]:
    sums: Counter[str] = Counter()
    for cell, count in counts.items():
        sums[cell[side]] += count
    return sums


def _most(counts: Mapping[tuple[str, str], int], side: int) -> list[str]:
    return [name for name, _count in sorted(_sums(counts, side).items(), key=lambda one: (-one[1], one[0]))]


def _note(rows: Sequence[str], columns: Sequence[str]) -> str:
    said: Iterable[str] = (
        _("The %(shown)d largest of %(all)d domains.") % {"shown": MOST_ROWS, "all": len(rows)}
        if len(rows) > MOST_ROWS
        else "",
        _("The %(shown)d largest of %(all)d columns.") % {"shown": MOST_COLUMNS, "all": len(columns)}
        if len(columns) > MOST_COLUMNS
        else "",
    )
    return " ".join(one for one in said if one)
