"""What every plot has around its drawing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import floor, log10

from django.utils.safestring import SafeString, mark_safe

COLOURS = ("p-s1", "p-s2", "p-s3", "p-s4")


@dataclass(frozen=True)
class Legend:
    """One entry of the legend: its word, colour class and dash class."""

    word: str
    colour: str
    dash: str = ""


@dataclass(frozen=True)
class Plot:
    """A drawing with its title, unit, legend, note, and the same numbers as a table."""

    title: str
    unit: str
    svg: SafeString
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[Legend] = field(default=())
    note: str = ""


def number(value: float) -> str:
    """A number on an axis or in the table: four significant digits, grouped, no trailing zeros."""
    if value != value:
        return "–"
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 1000:
        return f"{value:,.0f}"
    if size < 0.0001:
        return f"{value:.1e}"
    return f"{float(f'{value:.4g}'):f}".rstrip("0").rstrip(".")


def axis_numbers(values: Sequence[float]) -> list[str]:
    """Ticks of one axis written alike: 1M, 250k, or as few decimals as tell neighbours apart."""
    top = max((abs(value) for value in values), default=0)
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if top >= size:
            unit = 1e3 if letter == "k" else size
            return [f"{value / unit:g}{letter}" if value else "0" for value in values]
    for digits in range(6):
        shown = [f"{value:,.{digits}f}" for value in values]
        if all(
            abs(float(text.replace(",", "")) - value) <= 1e-9 * max(1.0, top)
            for text, value in zip(shown, values, strict=True)
        ):
            return shown
    return [f"{value:g}" for value in values]


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """About `count` round numbers covering low…high (steps of 1, 2, 2.5 or 5 × 10^k)."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / max(1, count)
    magnitude = 10.0 ** floor(log10(raw))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= raw * 0.999)
    first = floor(low / step + 1e-9)
    ticks = [round((first + i) * step, 12) for i in range(count + 4)]
    last = next((i for i, tick in enumerate(ticks) if tick >= high - step * 1e-9), len(ticks) - 1)
    return ticks[: last + 1]


@dataclass(frozen=True)
class Scale:
    """A linear map from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return round(self.start + (value - self.low) / span * (self.end - self.start), 2)


def tag(name: str, content: str = "", **attributes: object) -> str:
    """One SVG element; attribute names use _ for -, `class_` for class; content must already be escaped."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(x: float, y: float, words: str, class_: str) -> str:
    """A label."""
    return tag("text", escape(words), x=round(x, 1), y=round(y, 1), class_=class_)


def drawing(width: int, height: int, content: list[str], label: str) -> SafeString:
    """The svg element; its label says what it shows, the numbers stand in the table below it."""
    svg = (
        f'<svg class="plot__canvas" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(label)}">{"".join(content)}</svg>'
    )
    return mark_safe(svg)


def shortened(words: str, length: int) -> str:
    """A label that fits; the whole of it stands in the table."""
    return words if len(words) <= length else words[: length - 1] + "…"
