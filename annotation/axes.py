"""How a campaign's votes spread over opted-in groups, without showing what a few real people said of themselves."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from uuid import UUID

from . import diversity
from .actions.profile import PREFER_NOT_TO_SAY
from .models import Axis, Campaign, JudgmentGroup

K = 5
"""Cells with fewer real people than this are not shown; simulated ones need no such protection."""

MIN_ANNOTATORS, MIN_VOTES = 2, 3


@dataclass(frozen=True, slots=True)
class Cell:
    """Votes of one group in one stratum; None where showing the number could tell who they are."""

    votes: int | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class AxisReport:
    """One axis: cells by stratum and value, and how many of them have enough people and votes."""

    name: str
    values: list[str]
    rows: list[tuple[str, list[Cell]]]
    coverage: diversity.Coverage | None
    suppressed: int


def current_axes_of(project_id: UUID) -> list[Axis]:
    """The newest number of every axis of the project."""
    found: dict[str, Axis] = {}
    for axis in Axis.objects.filter(project_id=project_id).order_by("name", "number"):
        found[axis.name] = axis
    return list(found.values())


def read_axes(campaign: Campaign) -> list[AxisReport]:
    """A report per axis, over counted votes."""
    return [_report(campaign, axis) for axis in current_axes_of(campaign.project_id)]


def _report(campaign: Campaign, axis: Axis) -> AxisReport:
    values = [value for value in axis.values if value != PREFER_NOT_TO_SAY]
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    real: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    rows = JudgmentGroup.objects.filter(
        axis=axis, judgment__item__campaign=campaign, judgment__slot__isnull=False
    ).values_list(
        "judgment__item__version__curation__domain", "value", "judgment__profile_id", "judgment__simulated"
    )
    for stratum, value, annotator, simulated in rows:
        cell = (stratum or "–", value)
        votes[cell][str(annotator)] += 1
        if not simulated:
            real[cell].add(annotator)
    strata = sorted({stratum for stratum, _ in votes})
    small = {cell for cell, people in real.items() if len(people) < K}
    shown = [
        (stratum, [_cell(votes, real, small, (stratum, value)) for value in values]) for stratum in strata
    ]
    coverage = None
    if not small:
        coverage = diversity.coverage(
            votes, strata=strata, values=values, min_annotators=MIN_ANNOTATORS, min_votes=MIN_VOTES
        )
    return AxisReport(axis.name, values, shown, coverage, len(small))


def _cell(
    votes: dict[tuple[str, str], Counter[str]],
    real: dict[tuple[str, str], set[UUID]],
    small: set[tuple[str, str]],
    cell: tuple[str, str],
) -> Cell:
    if cell in small:
        return Cell(None, False)
    return Cell(votes[cell].total() if cell in votes else 0, cell not in real)
