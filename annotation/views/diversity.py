"""The diversity board of a campaign: who stands behind it, in all, by stratum and by group."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ProjectRequest, project_view
from core.plots.bars import Bar, bars
from core.plots.dots import Dot, dots
from core.plots.frame import Plot
from core.plots.heat import heat

from .. import next_item
from ..actions.release_axes import RHYTHM
from ..axes import AxisReport, read_axes
from ..disclosure import K
from ..diversity_board import TAIL, Concentration, lacks, read_concentration
from ..group_report import MANY, MIN_VOTES

MOST_LACKS = 12


@require_GET
@project_view("annotation.read")
def diversity(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Concentration from votes; groups from what was published."""
    request = cast(ProjectRequest, request)
    campaign = next_item.chosen_campaign(request.project, str(campaign_id))
    assert campaign is not None
    people = read_concentration(campaign, simulated=False)
    reports = read_axes(campaign)
    missing = lacks(reports, [row.stratum for row in people if row.stratum is not None])
    context = {
        "campaign": campaign,
        "tables": [
            (rows, simulated, _effective_plot(rows))
            for rows, simulated in ((people, False), (read_concentration(campaign, simulated=True), True))
            if rows
        ],
        "axes": [_axis(report) for report in reports],
        "lacks": missing[:MOST_LACKS],
        "more_lacks": len(missing) - MOST_LACKS,
        "k": K,
        "many": MANY,
        "min_votes": MIN_VOTES,
        "tail": TAIL,
        "days": RHYTHM.days,
    }
    return render(request, "annotation/diversity.html", context)


def _effective_plot(rows: list[Concentration]) -> Plot:
    items = [
        Bar(row.stratum or _("All strata"), [row.people.n_eff or 0], target=float(row.people.annotators))
        for row in rows
    ]
    return bars(
        _("Effective number of annotators"),
        items,
        unit=_("annotators, as if all had judged equally often"),
        target_label=_("who judged"),
    )


def _axis(report: AxisReport) -> dict[str, Any]:
    people = report.people or {}
    return {
        "report": report,
        "strata": list(people.get("strata", {}).items()),
        "shares": [(group, people["shares"].get(group)) for group in report.groups] if people else [],
        "agreement": _agreement_plot(people.get("agreement", [])),
        "wins": people.get("wins", []),
        "simulated": _simulated_plot(report) if report.simulated else None,
    }


def _agreement_plot(rows: list[dict[str, Any]]) -> Plot | None:
    if not rows:
        return None
    items = [
        Dot(
            _("within %(group)s") % row
            if row["group"] == row["other"]
            else _("%(group)s with %(other)s") % row,
            row["value"],
            row["low"],
            row["high"],
            colour="p-s1" if row["group"] == row["other"] else "p-s2",
        )
        for row in rows
    ]
    return dots(
        _("Agreement within and between groups"),
        items,
        unit=_("α within, cross-replication reliability between"),
        reference=0.0,
        reference_label=_("chance"),
    )


def _simulated_plot(report: AxisReport) -> Plot:
    """Programs have nothing to hide: every cell, at once."""
    strata = sorted({stratum for stratum, _group in report.simulated})
    return heat(
        _("Simulated judgments by %(axis)s") % {"axis": report.axis.name},
        strata,
        report.groups,
        {
            (one, group): float(report.simulated.get((one, group), 0))
            for one in strata
            for group in report.groups
        },
        unit=_("judgments"),
    )
