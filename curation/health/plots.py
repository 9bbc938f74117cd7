"""The plots of agentic health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from core.plots import Dot, Plot, Series, dots, lines
from curation.health.report import Group, Health

HALF = 420


def share_plots(found: Health) -> list[Plot]:
    """Success against depth, width and trouble, by service and by release."""
    overall = found.success.value
    shown = [
        (_("Success by depth"), found.by_depth, _("Model turns in a row without the user.")),
        (_("Success by width"), found.by_fan_out, _("The most tools called in one turn.")),
        (
            _("Success by trouble"),
            found.by_trouble,
            _("A failure that was recovered from is a good example, and kept."),
        ),
        (_("Success by service"), found.by_service, ""),
        (_("Success by release"), found.by_release, ""),
    ]
    return [
        dots(title, _dots(groups, 100), unit="%", reference=_scaled(overall, 100),
             reference_label=_("all of them"), note=note)
        for title, groups, note in shown if len(groups) > 1
    ]  # fmt: skip


def hedge_plots(found: Health) -> list[Plot]:
    """Hedges per 1,000 words by service and by release."""
    shown = [
        (_("Hedging by service"), found.hedges_by_service),
        (_("Hedging by release"), found.hedges_by_release),
    ]
    return [
        dots(title, _dots(groups), unit=_("hedges per 1,000 words"), reference=_scaled(found.hedges.value, 1),
             reference_label=_("all of them"), note=_("Answers in English."))
        for title, groups in shown if any(one.estimate.value is not None for one in groups)
    ]  # fmt: skip


def day_plots(found: Health) -> list[Plot]:
    """Success and hedging over the days, with their intervals."""
    shown = [
        (_("Success a day"), found.by_day, 100, "%"),
        (_("Hedging a day"), found.hedges_by_day, 1, _("hedges per 1,000 words")),
    ]
    return [
        plot
        for title, groups, scale, unit in shown
        if (plot := _line(title, groups, scale, unit, found.until)) is not None
    ]


def _dots(groups: Sequence[Group], scale: float = 1) -> list[Dot]:
    return [
        Dot(str(one.label), _scaled(one.estimate.value, scale), _scaled(one.estimate.low, scale),
            _scaled(one.estimate.high, scale), note=f"n = {one.estimate.n:,}")
        for one in groups
    ]  # fmt: skip


def _scaled(value: float | None, scale: float) -> float | None:
    """To the digit that is read: tenths of a percent, hundredths of a rate."""
    return None if value is None else round(value * scale, 1 if scale > 1 else 2)


def _line(title: str, groups: Sequence[Group], scale: float, unit: str, until: date) -> Plot | None:
    known = [one for one in groups if one.estimate.value is not None]
    if len(known) < 2:
        return None
    x = [float((date.fromisoformat(one.name) - until).days) for one in known]
    y = [scale * (one.estimate.value or 0) for one in known]
    low = [
        scale * (value if (value := one.estimate.low) is not None else one.estimate.value or 0)
        for one in known
    ]
    high = [
        scale * (value if (value := one.estimate.high) is not None else one.estimate.value or 0)
        for one in known
    ]
    series = Series(title, x, y, low, high)
    label = _("days before %(day)s") % {"day": until.isoformat()}
    return lines(title, [series], unit=unit, from_zero=True, height=200, width=HALF, x_label=label)
