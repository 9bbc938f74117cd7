"""Dots with intervals: estimates side by side, each with what it could as well have been."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.plots.frame import Plot, Scale, axis_numbers, drawing, nice_ticks, number, shortened, tag, text

WIDTH = 720
ROW = 30
LABELS = 190
FOOT = 30


@dataclass(frozen=True)
class Dot:
    """One estimate with its interval; `colour` is a class of plots.css; `note` for example says `n = 40`."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    colour: str = "p-s1"


def _row(dot: Dot, place: int, x: Scale) -> list[str]:
    y = place * ROW + ROW / 2
    parts = [
        text(LABELS - 12, y + 4, shortened(dot.label, 28), "p-label p-end"),
        tag("line", x1=LABELS, x2=x.end, y1=y, y2=y, class_="p-grid"),
    ]
    if dot.value is None:
        return [*parts, text(LABELS + 6, y + 4, dot.note or _("undefined"), "p-text p-start")]
    if dot.low is not None and dot.high is not None:
        parts.append(
            tag("line", x1=x(dot.low), x2=x(dot.high), y1=y, y2=y, class_=f"p-interval p-stroke {dot.colour}")
        )
    parts.append(tag("circle", cx=x(dot.value), cy=y, r=4.5, class_=f"p-fill {dot.colour}"))
    return [*parts, text(x.end + 10, y + 4, f"{number(dot.value)} {dot.note}".strip(), "p-value p-start")]


def dots(
    title: str,
    items: Sequence[Dot],
    *,
    unit: str,
    reference: float | None = None,
    reference_label: str = "",
    note: str = "",
) -> Plot:
    """Estimates in the order given; `reference` draws one dashed level (chance, the last release, a target)."""
    values = [v for dot in items for v in (dot.value, dot.low, dot.high) if v is not None]
    values += [reference] if reference is not None else []
    ticks = nice_ticks(min(values or [0.0]), max(values or [1.0]), 5)
    height = max(1, len(items)) * ROW
    x = Scale(ticks[0], ticks[-1], LABELS, WIDTH - 96)
    drawn = []
    if reference is not None:
        drawn.append(tag("line", x1=x(reference), x2=x(reference), y1=0, y2=height, class_="p-target"))
    for place, dot in enumerate(items):
        drawn += _row(dot, place, x)
    drawn.append(tag("line", x1=LABELS, x2=x.end, y1=height, y2=height, class_="p-axis"))
    for value, words in zip(ticks, axis_numbers(ticks), strict=True):
        drawn.append(text(x(value), height + 17, words, "p-text p-middle"))
    rows = [
        [dot.label]
        + [number(v) if v is not None else "" for v in (dot.value, dot.low, dot.high)]
        + [dot.note]
        for dot in items
    ]
    notes = [note] if note else []
    notes += (
        [_("Dashed: %(what)s (%(value)s).") % {"what": reference_label, "value": number(reference)}]
        if reference is not None and reference_label
        else []
    )
    return Plot(
        title=title,
        unit=unit,
        svg=drawing(WIDTH, height + FOOT, drawn, f"{title}, {unit}"),
        head=["", unit, _("low"), _("high"), _("note")],
        rows=rows,
        note=" ".join(notes),
    )
