"""The axes of a project, and the reports on them: published ones about people, immediate ones about programs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from .actions.profile import PREFER_NOT_TO_SAY
from .disclosure import K
from .models import Axis, AxisRelease, Campaign, JudgmentGroup

__all__ = ["AxisReport", "K", "current_axes_of", "known_axes_of", "read_axes", "sayable"]


@dataclass(frozen=True, slots=True)
class AxisReport:
    """One axis: what was last published about people (None: nothing yet), and votes of simulated annotators by stratum and group."""

    axis: Axis
    groups: list[str]
    people: dict[str, Any] | None
    released_at: datetime | None
    simulated: dict[tuple[str, str], int]


def current_axes_of(project_id: UUID) -> list[Axis]:
    """What people are asked: the newest number of every axis that is not retired."""
    return [axis for axis in known_axes_of(project_id) if axis.retired_at is None]


def known_axes_of(project_id: UUID) -> list[Axis]:
    """The newest number of every axis, retired ones too: what votes may carry and reports speak of."""
    found: dict[str, Axis] = {}
    for axis in Axis.objects.filter(project_id=project_id).order_by("name", "number"):
        found[axis.name] = axis
    return list(found.values())


def sayable(axis: Axis) -> list[str]:
    """The groups of an axis: its values without the refusal to name one."""
    return [value for value in axis.values if value != PREFER_NOT_TO_SAY]


def read_axes(campaign: Campaign) -> list[AxisReport]:
    """A report per axis. Nothing about people is computed here: only what was released is read."""
    return [_report(campaign, axis) for axis in known_axes_of(campaign.project_id)]


def _report(campaign: Campaign, axis: Axis) -> AxisReport:
    latest = AxisRelease.objects.filter(campaign=campaign, axis=axis).order_by("-number").first()
    rows = (
        JudgmentGroup.objects.filter(
            axis=axis,
            judgment__item__campaign=campaign,
            judgment__slot__isnull=False,
            judgment__simulated=True,
        )
        .values_list("judgment__item__stratum", "value")
        .annotate(n=Count("pk"))
    )
    return AxisReport(
        axis,
        sayable(axis),
        latest.report if latest else None,
        latest.released_at if latest else None,
        {(stratum or "–", value): n for stratum, value, n in rows},
    )
