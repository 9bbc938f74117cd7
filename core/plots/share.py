"""One bar of a table row: parts of a whole side by side. The numbers stand beside it, so readers of screens pass it over."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from core.plots.frame import tag

WIDTH, HEIGHT = 400, 14
LEAST = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A part and the class of its colour."""

    value: float
    colour: str


def share_bar(parts: Sequence[Part], whole: float) -> SafeString:
    """The parts in order on a track as long as the whole; what is there at all can be seen."""
    drawn, at = [tag("rect", x=0, y=0, width=WIDTH, height=HEIGHT, class_="p-track")], 0.0
    for part in parts:
        if part.value > 0 and whole > 0:
            width = max(LEAST, WIDTH * part.value / whole)
            start = min(at, WIDTH - width)
            drawn.append(
                tag("rect", x=round(start, 2), y=0, width=round(width, 2), height=HEIGHT,
                    class_=f"p-bar p-fill {part.colour}")
            )  # fmt: skip
            at = start + width
    return mark_safe(
        f'<svg class="share-bar" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">{"".join(drawn)}</svg>'
    )
