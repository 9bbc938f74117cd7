"""Quotas against what there is, hard negatives, and the calibration of difficulty: a page each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused
from core.models import Job
from core.paging import keyset
from core.params import whole_number
from core.plots import Plot, Series, lines
from curation.actions.calibrate_difficulty import calibrate_difficulty
from curation.actions.mine_hard_negatives import PER_STRATUM, ask_to_mine
from curation.actions.set_quotas import set_quotas
from curation.calibration import LEAST
from curation.difficulty_levels import calibration_version
from curation.jobs import MINE
from curation.models import AssetVersion, HardNegative
from curation.quota_board import QuotaCell, board_cells, draw_sample, quota_version, quotas_of
from curation.sampling import AXES, USUAL_AXES, Quotas, Why

WHY = {
    Why.MET: gettext_lazy("met"),
    Why.NONE: gettext_lazy("none there"),
    Why.TOO_FEW: gettext_lazy("too few there"),
    Why.MORE: gettext_lazy("took what others lacked"),
}
AXIS_WORDS = {
    "domain": gettext_lazy("Domain"),
    "difficulty": gettext_lazy("Difficulty"),
    "kind": gettext_lazy("Kind"),
    "language": gettext_lazy("Language"),
}
RULES = {
    "near_miss": gettext_lazy("Near miss"),
    "failed_tool": gettext_lazy("Failed tool"),
    "wrong_arithmetic": gettext_lazy("Wrong arithmetic"),
    "contradicts_tool": gettext_lazy("Contradicts a tool"),
}
MOST_PER_STRATUM = 100_000
UNCALIBRATED = {
    "too_few": gettext_lazy(
        "Too few outcomes: at least %(least)d are needed, 30 of them trouble and 30 without."
    ),
    "outcomes_do_not_follow": gettext_lazy("On what was held out, trouble does not follow the score."),
}


@project_view("curation.read")
@require_safe
def quotas(request: ProjectRequest) -> HttpResponse:
    """Every stratum with what is there, what is wanted, and what the draw gives."""
    version = quota_version(request.project)
    held = quotas_of(version) if version else None
    axes = _axes_in(request.GET) or (held.axes if held else USUAL_AXES)
    shown = held if held and held.axes == axes else None
    rows = []
    for cell in _cells(request, shown, axes):
        line, weight = cell.against, shown.weights.get(cell.stratum) if shown else None
        rows.append((cell.stratum, cell.kept, weight, line, WHY[line.why] if line else ""))
    given = sum(line.given for *_some, line, _words in rows if line)
    context = {
        "version": version,
        "held": held,
        "shown": shown,
        "axes": [(axis, words, axis in axes) for axis, words in AXIS_WORDS.items()],
        "rows": rows,
        "given": given,
        "short": max(0, shown.total - given) if shown else 0,
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/quotas.html", context)


def _axes_in(given: QueryDict) -> tuple[str, ...]:
    """The axes a form or an address names; none where it names none, or something else."""
    return tuple(axis for axis in AXES if axis in given.getlist("axes"))


def _cells(request: ProjectRequest, held: Quotas | None, axes: Sequence[str]) -> list[QuotaCell]:
    """Counting is enough where nothing but clusters caps the draw: of each cluster one is kept."""
    cells = board_cells(request.project, held, axes)
    if held is None or held.per_template is None:
        return cells
    lines_ = {line.stratum: line for line in draw_sample(request.project, held).report}
    return [replace(cell, against=lines_.get(cell.stratum)) for cell in cells]


@project_view("curation.manage")
@require_POST
def choose_quotas(request: ProjectRequest) -> HttpResponseRedirect:
    """The next version of the quotas, from the form."""
    try:
        version = set_quotas(who=request.user, project=request.project, data=_quotas_in(request.POST))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Quotas, version %(n)d, hold now.") % {"n": version.number})
    return redirect("curation:quotas", request.project.slug)


def _quotas_in(given: QueryDict) -> dict[str, Any]:
    """The form's fields; weights are sent as `weight:<stratum>`, empty ones ask for nothing."""
    try:
        weights = {
            name.removeprefix("weight:"): float(value)
            for name, value in given.items()
            if name.startswith("weight:") and isinstance(value, str) and value.strip()
        }
        most = given.get("per_template", "")
        return {
            "total": int(given.get("total", "")),
            "weights": {name: weight for name, weight in weights.items() if weight},
            "axes": _axes_in(given) or USUAL_AXES,
            "seed": int(given.get("seed") or 0),
            "fill": "fill" in given,
            "per_template": int(most) if most else None,
        }
    except ValueError as error:
        raise Refused("bad_quotas", _("Quotas are numbers; the total is a whole one.")) from error


@project_view("curation.read")
@require_safe
def hard_negatives(request: ProjectRequest) -> HttpResponse:
    """Answers proved wrong and near misses, newest first, each with its proof. `?rule=` narrows them."""
    found = HardNegative.objects.filter(project=request.project)
    rule = request.GET.get("rule", "")
    if rule:
        found = found.filter(rule=rule)
    page = keyset(
        found.select_related("prompt__trace", "negative__trace", "positive__trace"),
        request.GET,
        order=("-pk",),
    )
    context = {
        "page": page,
        "rows": [(one, RULES.get(one.rule, one.rule)) for one in page.rows],
        "rules": [(name, words, name == rule) for name, words in RULES.items()],
        "job": Job.objects.filter(project_id=request.project.pk, kind=MINE).order_by("-created_at").first(),
        "per_stratum": PER_STRATUM,
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/hard_negatives.html", context)


@project_view("curation.manage")
@require_POST
def mine(request: ProjectRequest) -> HttpResponseRedirect:
    """Look for more in the background."""
    given = whole_number(request.POST.get("per_stratum"))
    per_stratum = given if 0 < given <= MOST_PER_STRATUM else PER_STRATUM
    ask_to_mine(who=request.user, project=request.project, per_stratum=per_stratum)
    messages.success(request, _("Looking in the background."))
    return redirect("curation:hard_negatives", request.project.slug)


@project_view("curation.read")
@require_safe
def difficulty(request: ProjectRequest) -> HttpResponse:
    """How far the score and what really happened agree, and where medium and hard begin."""
    version = calibration_version(request.project.pk)
    body = version.body if version else {}
    context = {
        "version": version,
        "body": body,
        "why": UNCALIBRATED[body["why"]] % {"least": LEAST} if body.get("why") in UNCALIBRATED else "",
        "facts": _facts(body) if version else [],
        "reliability": _reliability(body) if body.get("bins") else None,
        "versions": AssetVersion.objects.filter(asset=version.asset_id)
        .select_related("created_by")
        .order_by("-number")[:20]
        if version
        else [],
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/difficulty.html", context)


@project_view("curation.manage")
@require_POST
def calibrate(request: ProjectRequest) -> HttpResponseRedirect:
    """Calibrate now."""
    version = calibrate_difficulty(project=request.project, who=request.user)
    if version.body["calibrated"]:
        messages.success(request, _("Calibrated on %(n)d outcomes.") % {"n": version.body["outcomes"]})
    else:
        messages.info(
            request,
            _("Looked at %(n)d outcomes; the documented weights hold.") % {"n": version.body["outcomes"]},
        )
    return redirect("curation:difficulty", request.project.slug)


def _facts(body: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (_("Outcomes"), body["outcomes"]),
        (_("Ended in trouble"), body["trouble"]),
        (
            _("Said by"),
            ", ".join(f"{name} {count:,}" for name, count in body.get("sources", {}).items()) or None,
        ),
        (_("Medium from"), body["medium_from"]),
        (_("Hard from"), body["hard_from"]),
        (_("Brier score, held out"), body["brier"]),
        (_("Of the average alone"), body["brier_of_base_rate"]),
        (_("Calibration error"), body["calibration_error"]),
        (_("AUC"), body["auc"]),
    ]


def _reliability(body: dict[str, Any]) -> Plot:
    bins = sorted(body["bins"], key=lambda one: one["predicted"])
    said = [one["predicted"] for one in bins]
    return lines(
        _("Trouble: predicted for what was held out, and what happened"),
        [
            Series(_("happened"), said, [one["observed"] for one in bins]),
            Series(_("as predicted"), said, said, faint=True),
        ],
        unit=_("share"),
        x_label=_("predicted share"),
    )
