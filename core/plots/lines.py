"""Line series over a numeric axis (steps, seconds, days), with optional interval bands and a target line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.safestring import SafeString, mark_safe

from core.plots.frame import (
    COLOURS,
    Legend,
    Plot,
    Scale,
    axis_numbers,
    drawing,
    nice_ticks,
    number,
    tag,
    text,
)

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 40
MAX_POINTS = 600


@dataclass(frozen=True)
class Series:
    """One line: x and y of equal length; low and high, when given, are its interval; `faint` is background."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = field(default=())
    high: Sequence[float] = field(default=())
    faint: bool = False


def _thinned(series: Series) -> Series:
    """At most MAX_POINTS points, the lowest and highest of each stretch kept so that spikes stay visible."""
    count = len(series.x)
    if count <= MAX_POINTS:
        return series
    keep = {0, count - 1}
    stretch = 2 * count / MAX_POINTS
    for i in range(MAX_POINTS // 2):
        part = range(int(i * stretch), min(count, int((i + 1) * stretch)))
        keep.update((min(part, key=series.y.__getitem__), max(part, key=series.y.__getitem__)))
    chosen = sorted(keep)
    return replace(
        series,
        x=_picked(series.x, chosen),
        y=_picked(series.y, chosen),
        low=_picked(series.low, chosen),
        high=_picked(series.high, chosen),
    )


def _picked(values: Sequence[float], chosen: Sequence[int]) -> Sequence[float]:
    return [values[i] for i in chosen] if values else ()


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x},{y}" for x, y in points)


def _look(series: Series, place: int) -> tuple[str, str]:
    """Colour and dash class of a line by its place; a faint one has neither colour nor dash."""
    if series.faint:
        return "p-faint", ""
    return COLOURS[place % len(COLOURS)], f"p-dash-{place % 4 + 1}" if place % 4 else ""


def _placed(series: Sequence[Series]) -> list[tuple[int, Series]]:
    """Each line with its place among those that have a colour of their own."""
    return [(sum(not before.faint for before in series[:i]), one) for i, one in enumerate(series)]


def _line(series: Series, x: Scale, y: Scale, place: int) -> str:
    colour, dash = _look(series, place)
    points = [(x(a), y(b)) for a, b in zip(series.x, series.y, strict=True) if b == b]
    if not points:
        return ""
    drawn = ""
    if series.low and series.high:
        upper = [(x(a), y(b)) for a, b in zip(series.x, series.high, strict=True)]
        lower = [(x(a), y(b)) for a, b in zip(series.x, series.low, strict=True)]
        drawn = tag("path", d=_path(upper + lower[::-1]) + "Z", class_=f"p-band p-fill {colour}")
    if len(points) == 1:
        return drawn + tag("circle", cx=points[0][0], cy=points[0][1], r=3, class_=f"p-fill {colour}")
    return drawn + tag("path", d=_path(points), class_=f"p-line p-stroke {colour} {dash}".strip())


def _axes(
    x: Scale, y: Scale, x_ticks: list[float], y_ticks: list[float], x_label: str, height: int
) -> list[str]:
    bottom, end = height - BOTTOM, x.end
    parts = []
    for value, words in zip(y_ticks, axis_numbers(y_ticks), strict=True):
        parts.append(tag("line", x1=LEFT, x2=end, y1=y(value), y2=y(value), class_="p-grid"))
        parts.append(text(LEFT - 8, y(value) + 4, words, "p-text p-end"))
    parts.append(tag("line", x1=LEFT, x2=end, y1=bottom, y2=bottom, class_="p-axis"))
    for value, words in zip(x_ticks, axis_numbers(x_ticks), strict=True):
        parts.append(text(x(value), bottom + 17, words, "p-text p-middle"))
    parts.append(text(end, height - 4, x_label, "p-text p-end"))
    return parts


def _table(series: Sequence[Series]) -> list[list[str]]:
    places = sorted({value for one in series for value in one.x})
    step = max(1, len(places) // 50)
    shown = [*places[::step], *places[-1:]] if places and (len(places) - 1) % step else places[::step]
    columns = [dict(zip(one.x, one.y, strict=True)) for one in series]
    return [
        [number(place), *(number(column[place]) if place in column else "" for column in columns)]
        for place in shown
    ]


def lines(
    title: str,
    series: Sequence[Series],
    *,
    unit: str,
    x_label: str,
    target: float | None = None,
    target_label: str = "",
    from_zero: bool = False,
    note: str = "",
    height: int = HEIGHT,
    width: int = WIDTH,
) -> Plot:
    """A line plot; `target` draws a dashed level, `from_zero` starts the axis at 0 (use it for counts).

    `width` is that of the column it stands in: letters keep their size, so a narrow plot is drawn narrow.
    """
    thinned = [_thinned(one) for one in series]
    values = [v for one in thinned for group in (one.y, one.low, one.high) for v in group if v == v]
    values += [target] if target is not None else []
    values += [0.0] if from_zero or not values else []
    y_ticks = nice_ticks(min(values), max(values))
    places = [value for one in thinned for value in one.x] or [0.0, 1.0]
    x_ticks = [
        tick
        for tick in nice_ticks(min(places), max(places), 6 if width == WIDTH else 4)
        if min(places) <= tick <= max(places)
    ]
    x = Scale(min(places), max(places), LEFT, width - RIGHT)
    y = Scale(y_ticks[0], y_ticks[-1], height - BOTTOM, TOP)
    parts = _axes(x, y, x_ticks, y_ticks, x_label, height)
    if target is not None:
        parts.append(tag("line", x1=LEFT, x2=width - RIGHT, y1=y(target), y2=y(target), class_="p-target"))
        parts.append(text(LEFT + 4, y(target) - 5, target_label, "p-text p-start"))
    parts += [_line(one, x, y, place) for place, one in _placed(thinned)]
    legend = [Legend(one.name, *_look(one, place)) for place, one in _placed(series)]
    return Plot(
        title=title,
        unit=unit,
        svg=drawing(width, height, parts, f"{title}, {unit}"),
        head=[x_label, *(one.name for one in series)],
        rows=_table(series),
        legend=legend if len(series) > 1 else (),
        note=note,
    )


def sparkline(values: Sequence[float], label: str) -> SafeString:
    """A word-sized line without axes, for a table cell; the label says what it shows and its last value."""
    if len(values) < 2:
        return mark_safe("")
    x, y = Scale(0, len(values) - 1, 1, 87), Scale(min(values), max(values), 18, 2)
    path = tag(
        "path", d=_path([(x(i), y(value)) for i, value in enumerate(values)]), class_="p-line p-stroke p-s1"
    )
    svg = tag(
        "svg",
        path,
        class_="sparkline",
        viewBox="0 0 88 20",
        role="img",
        aria_label=f"{label}: {number(values[-1])}",
    )
    return mark_safe(svg)
