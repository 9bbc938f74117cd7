"""A run beside the last one of its recipe: the curve that is the page, and what was changed in between."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.plots import Plot, Series, lines
from trainers.models import Metric, Run

CURVES = {"base": "loss", "sft": "loss", "dpo": "loss", "ptq": "relative_error"}
SMOOTHED_FROM = 8
KEPT = 0.8

Points = list[tuple[int, float]]


def points(run: Run, name: str) -> Points:
    """(step, value) of one metric in order."""
    rows = Metric.objects.filter(run=run, name=name).order_by("step")
    return [(int(step), float(value)) for step, value in rows.values_list("step", "value")]


def smoothed(values: Sequence[tuple[int, float]], kept: float = KEPT) -> Points:
    """Exponential mean, corrected for its start, so that the first points are not pulled to zero."""
    mean, weight, out = 0.0, 0.0, []
    for step, value in values:
        mean, weight = kept * mean + (1 - kept) * value, kept * weight + (1 - kept)
        out.append((step, mean / weight))
    return out


def curve(run: Run) -> Plot | None:
    """The run's main curve beside that of the last run of its recipe; None before the first point."""
    name = CURVES[run.kind]
    own = points(run, name)
    if not own:
        return None
    earlier = previous_run(run)
    before = points(earlier, name) if earlier else []
    if run.kind == "ptq":
        series = [_series(_("this run"), own)] + ([_series(str(earlier), before)] if before else [])
        return lines(
            _("Rounding error by matrix"), series, unit=_("relative"), x_label=_("matrix"), from_zero=True
        )
    series = [_series(_("each step"), own, faint=len(own) >= SMOOTHED_FROM)]
    if len(own) >= SMOOTHED_FROM:
        series.append(_series(_("smoothed"), smoothed(own)))
    if before:
        series.append(_series(_("%(run)s, smoothed") % {"run": earlier}, smoothed(before)))
    unit = _("nats per pair") if run.kind == "dpo" else _("nats per token")
    return lines(_("Training loss"), series, unit=unit, x_label=_("step"))


def _series(name: str, values: Sequence[tuple[int, float]], *, faint: bool = False) -> Series:
    return Series(name, [step for step, _value in values], [value for _step, value in values], faint=faint)


def previous_run(run: Run) -> Run | None:
    """The last run of the same recipe that succeeded before this one began."""
    found = Run.objects.filter(
        project=run.project_id, recipe__name=run.recipe.name, state="succeeded", created_at__lt=run.created_at
    )
    return found.select_related("recipe", "approval__snapshot", "parent").order_by("-created_at").first()


def changes_since(run: Run, earlier: Run) -> list[tuple[str, Any, Any]]:
    """(what, then, now) for every difference in parameters, data, parent or seed."""
    then, now = earlier.recipe.spec, run.recipe.spec
    rows = [
        (name, then.get(name), now.get(name))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    pairs = [
        (_("snapshot"), str(earlier.approval.snapshot), str(run.approval.snapshot)),
        (_("parent"), str(earlier.parent or "–"), str(run.parent or "–")),
        (_("seed"), earlier.spec.get("seed"), run.spec.get("seed")),
    ]
    return rows + [row for row in pairs if row[1] != row[2]]
