"""The plots of the page of what came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from core.plots import Bar, Plot, Series, bars, lines
from curation.flow import Flow, Tally
from curation.sketch import quantile

NOTHING = float("nan")
KINDS_DRAWN = 4
LEAST_SECONDS = 5.0
HALF = 420
Steps = Sequence[tuple[datetime, Tally]]


def rate_plot(flow: Flow, step: timedelta, unit: str) -> Plot:
    """Rows a second, taken and not taken; `unit` is the axis of time: minutes, hours or days."""
    steps = flow.steps(step)
    x, seconds = _before(steps, flow, step, unit), _lengths(steps, step)
    taken = [
        (one.accepted + one.redelivered) / length for (_, one), length in zip(steps, seconds, strict=True)
    ]
    series = [Series(_("taken"), x, taken)]
    if any(one.refused + one.conflicting for _, one in steps):
        lost = [
            (one.refused + one.conflicting) / length for (_, one), length in zip(steps, seconds, strict=True)
        ]
        series.append(Series(_("not taken"), x, lost))
    return lines(
        _("Rate"),
        series,
        unit=_("rows a second"),
        x_label=_axis(unit),
        from_zero=True,
        height=200,
        width=HALF,
    )


def took_plot(flow: Flow, step: timedelta, unit: str) -> Plot | None:
    """What redacting and storing a batch took; None when no batch came."""
    steps = flow.steps(step)
    if not any(one.took for _, one in steps):
        return None
    x = _before(steps, flow, step, unit)
    series = [
        Series(
            name,
            x,
            [found if (found := quantile(one.took, share)) is not None else NOTHING for _, one in steps],
        )
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    ]
    return lines(
        _("Time to redact and store a batch"), series, unit="ms", x_label=_axis(unit), from_zero=True, height=200, width=HALF,
        note=_("From the opening of the batch to its rows stored, within 5 %; without reading the body and the last commit."),
    )  # fmt: skip


def redacted_plot(flow: Flow, step: timedelta, unit: str) -> Plot | None:
    """Replacements over time by kind, the most frequent kinds; None when nothing was replaced."""
    top = [kind for kind, _ in flow.total().redactions.most_common(KINDS_DRAWN)]
    if not top:
        return None
    steps = flow.steps(step)
    x = _before(steps, flow, step, unit)
    series = [Series(kind.replace("_", " "), x, [one.redactions[kind] for _, one in steps]) for kind in top]
    return lines(
        _("Redacted over time"),
        series,
        unit=_("values"),
        x_label=_axis(unit),
        from_zero=True,
        height=200,
        width=HALF,
    )


def counts_plot(title: str, counts: Mapping[str, int], unit: str) -> Plot | None:
    """Bars by name, the longest first; None of nothing."""
    if not counts:
        return None
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return bars(
        title, [Bar(name.replace("_", " "), (count,)) for name, count in ordered], unit=unit, width=HALF
    )


def use_plot(counts: Mapping[str, int]) -> Plot | None:
    """One stacked bar of what may be trained on."""
    total = sum(counts.values())
    if not total:
        return None
    order = ("allowed", "denied", "unknown")
    return bars(
        _("Training use"),
        [Bar(_(word), (counts.get(word, 0),), note=f"{counts.get(word, 0) / total:.0%}") for word in order],
        unit=_("traces"),
        width=HALF,
    )


def _lengths(steps: Steps, step: timedelta) -> list[float]:
    """Seconds of each stretch; of the present one only what has passed of it."""
    now = datetime.now(UTC)
    return [max(LEAST_SECONDS, min(step, now - begin).total_seconds()) for begin, _ in steps]


def _before(steps: Steps, flow: Flow, step: timedelta, unit: str) -> list[float]:
    """Where each stretch ends, as so many units before now."""
    length = {"minutes": 60.0, "hours": 3600.0, "days": 86400.0}[unit]
    return [round((begin + step - flow.until).total_seconds() / length, 3) for begin, _ in steps]


def _axis(unit: str) -> str:
    return {"minutes": _("minutes from now"), "hours": _("hours from now"), "days": _("days from now")}[unit]
