"""A heat map with the number in each cell: strata (domain × difficulty), coverage, a confusion table."""

from collections.abc import Mapping, Sequence

from core.plots.frame import Plot, drawing, number, shortened, tag, text

WIDTH = 720
ROW = 34
LABELS = 190
HEAD = 28


def shade(value: float, top: float) -> int:
    """0 is empty; 1…4 are quarters of the largest cell."""
    return 0 if value <= 0 else min(4, 1 + int(4 * value / (top * 1.0001)))


def _cell(value: float | None, x: float, y: float, width: float, top: float) -> list[str]:
    if value is None:
        return [text(x + width / 2, y + ROW / 2 + 4, "·", "p-text p-middle")]
    step = shade(value, top)
    label = "p-value p-middle" + (" p-on-4" if step == 4 else "")
    return [
        tag(
            "rect",
            x=round(x, 2),
            y=y,
            width=round(width, 2),
            height=ROW,
            rx=4,
            class_=f"p-cell p-heat-{step}",
        ),
        text(x + width / 2, y + ROW / 2 + 4, number(value), label),
    ]


def heat(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Mapping[tuple[str, str], float],
    *,
    unit: str,
    note: str = "",
) -> Plot:
    """Cells by (row, column); a missing key is shown as a dot: no such cell, which is not the same as 0."""
    top = max(values.values(), default=1.0) or 1.0
    width = (WIDTH - LABELS) / max(1, len(columns))
    drawn = [
        text(LABELS + (i + 0.5) * width, 17, shortened(name, max(4, int(width / 7.5))), "p-text p-middle")
        for i, name in enumerate(columns)
    ]
    for place, row in enumerate(rows):
        y = HEAD + place * ROW
        drawn.append(text(LABELS - 12, y + ROW / 2 + 4, shortened(row, 28), "p-label p-end"))
        for i, column in enumerate(columns):
            drawn += _cell(values.get((row, column)), LABELS + i * width, y, width, top)
    return Plot(
        title=title,
        unit=unit,
        svg=drawing(WIDTH, HEAD + max(1, len(rows)) * ROW, drawn, f"{title}, {unit}"),
        head=["", *columns],
        rows=[
            [row, *(number(values[row, column]) if (row, column) in values else "" for column in columns)]
            for row in rows
        ],
        note=note,
    )
