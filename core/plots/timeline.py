"""Bars on one time axis, one small drawing per row: a waterfall whose rows are HTML and whose bars are SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from core.plots.frame import Scale, axis_numbers, nice_ticks, tag

WIDTH, ROW = 1000, 16
THINNEST = 3
THIN = "\u202f"


@dataclass(frozen=True)
class TimeAxis:
    """Evenly spaced ticks from 0 to `end` milliseconds; the last of `labels` carries the unit that suits the length."""

    end: float
    ticks: Sequence[float]
    labels: Sequence[str]


def time_axis(total: float) -> TimeAxis:
    """An axis that holds `total` milliseconds and ends at the nearest round number; the last label names the unit."""
    size, unit = next(
        (size, unit) for least, size, unit in ((180_000, 60_000, "min"), (2_000, 1_000, "s"), (0, 1, "ms")) if total >= least
    )  # fmt: skip
    drawn = [nice_ticks(0, (total / size or 1.0), count) for count in (2, 3, 4)]
    ticks = min(drawn, key=lambda one: (one[-1], -len(one)))
    labels = axis_numbers(ticks)
    return TimeAxis(
        ticks[-1] * size, [one * size for one in ticks], [*labels[:-1], f"{labels[-1]}{THIN}{unit}"]
    )


def strip(
    axis: TimeAxis, start: float, length: float | None, *, tick: float | None = None, colour: str = "p-s1"
) -> SafeString:
    """One row: a bar from `start`, `length` long; `tick` marks a moment inside it. Without a length it is a point.

    The drawing is hidden from screen readers: the numbers stand beside it.
    """
    x = Scale(0, axis.end, 0, WIDTH)
    parts = [tag("line", x1=x(one), x2=x(one), y1=0, y2=ROW, class_="p-grid") for one in axis.ticks[1:-1]]
    if length is None:
        at = min(max(x(start), 2), WIDTH - 2)
        parts.append(tag("rect", x=at - 2, y=3, width=4, height=ROW - 6, class_=f"p-fill {colour}"))
        return _drawn(parts)
    width = max(THINNEST, x(start + length) - x(start))
    left = max(0.0, min(x(start), WIDTH - width))
    parts.append(
        tag("rect", x=left, y=3, width=round(width, 2), height=ROW - 6, class_=f"p-bar p-fill {colour}")
    )
    if tick is not None and 0 <= tick <= length:
        at = x(start + tick)
        parts.append(tag("line", x1=at, x2=at, y1=0, y2=ROW, class_="p-tick"))
    return _drawn(parts)


def _drawn(parts: list[str]) -> SafeString:
    svg = (
        f'<svg class="strip" viewBox="0 0 {WIDTH} {ROW}" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false">{"".join(parts)}</svg>'
    )
    return mark_safe(svg)
