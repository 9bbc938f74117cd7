"""Horizontal bars (counts by kind) and the funnel from raw to kept, where every loss has a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.plots.frame import COLOURS, Legend, Plot, Scale, drawing, number, shortened, tag, text

WIDTH = 720
ROW = 30
LABELS = 190
VALUES = 86


@dataclass(frozen=True)
class Bar:
    """One bar: its parts add up (stacked); `target` draws a mark; `note` stands after the number."""

    label: str
    values: Sequence[float]
    target: float | None = None
    note: str = ""


def _row(bar: Bar, place: int, x: Scale, colours: Sequence[str], shown: str) -> list[str]:
    top, left = place * ROW, x.start
    middle = top + ROW / 2 + 4
    parts = [
        text(left - 12, middle, shortened(bar.label, int(left / 6.7)), "p-label p-end"),
        tag("rect", x=left, y=top + 7, width=x.end - left, height=ROW - 14, rx=2, class_="p-track"),
    ]
    at = 0.0
    for value, colour in zip(bar.values, colours, strict=False):
        width = max(0.0, x(at + value) - x(at))
        if value > 0:
            parts.append(
                tag("rect", x=x(at), y=top + 7, width=round(max(width, 1.5), 2), height=ROW - 14, rx=2,
                    class_=f"p-bar p-fill {colour}")
            )  # fmt: skip
        at += value
    if bar.target is not None:
        parts.append(
            tag("line", x1=x(bar.target), x2=x(bar.target), y1=top + 3, y2=top + ROW - 3, class_="p-target")
        )
    parts.append(text(x.end + 10, middle, shown, "p-value p-start"))
    return parts


def bars(
    title: str,
    items: Sequence[Bar],
    *,
    unit: str,
    parts: Sequence[str] = (),
    colours: Sequence[str] = COLOURS,
    target_label: str = "",
    note: str = "",
    width: int = WIDTH,
) -> Plot:
    """Bars in the order given; `parts` names the pieces of stacked bars, `colours` their classes (`p-kept`, …).

    `width` is that of the column they stand in: letters keep their size, so narrow bars are drawn narrow.
    """
    top = max([sum(bar.values) for bar in items] + [bar.target or 0.0 for bar in items] + [0.0]) or 1.0
    x = Scale(0, top, min(LABELS, width * 0.3), width - VALUES)
    drawn = []
    for place, bar in enumerate(items):
        shown = f"{number(sum(bar.values))} {bar.note}".strip()
        drawn += _row(bar, place, x, colours, shown)
    has_target = any(bar.target is not None for bar in items)
    head = ["", *(parts or [unit]), *([target_label] if has_target else [])]
    rows = [
        [bar.label, *(number(value) for value in bar.values),
         *([number(bar.target) if bar.target is not None else ""] if has_target else [])]
        for bar in items
    ]  # fmt: skip
    return Plot(
        title=title,
        unit=unit,
        svg=drawing(width, max(1, len(items)) * ROW, drawn, f"{title}, {unit}"),
        head=head,
        rows=rows,
        legend=[Legend(word, colour) for word, colour in zip(parts, colours, strict=False)]
        if len(parts) > 1
        else (),
        note=note,
    )


def funnel(title: str, steps: Sequence[tuple[str, int, int]], *, unit: str, note: str = "") -> Plot:
    """From raw to kept: each step is (name, kept after it, dropped by it); kept + dropped equals the step before."""
    items = [
        Bar(name, (kept, dropped), note=f"−{number(dropped)}" if dropped else "")
        for name, kept, dropped in steps
    ]
    top = max([kept + dropped for _name, kept, dropped in steps] or [1]) or 1
    x = Scale(0, top, LABELS, WIDTH - VALUES - 34)
    drawn = []
    for place, bar in enumerate(items):
        drawn += _row(bar, place, x, ("p-kept", "p-dropped"), number(bar.values[0]))
        drawn.append(text(WIDTH, place * ROW + ROW / 2 + 4, bar.note, "p-loss p-end"))
    return Plot(
        title=title,
        unit=unit,
        svg=drawing(WIDTH, max(1, len(items)) * ROW, drawn, f"{title}, {unit}"),
        head=[_("Step"), _("kept"), _("dropped")],
        rows=[[name, f"{kept:,}", f"{dropped:,}"] for name, kept, dropped in steps],
        legend=[Legend(_("kept"), "p-kept"), Legend(_("dropped"), "p-dropped")],
        note=note,
    )
