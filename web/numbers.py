"""Numbers a person reads: grouped, with units, capped where counting would be slow, with an interval where sampled."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from math import floor, log10
from typing import Any, Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Number = int | float | Decimal
THIN = "\u202f"
CAP = 10_000
BEFORE = ("$", "€", "£")


def or_dash(write: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that writes a dash for what is not there: templates hand over None or "" then."""

    @wraps(write)
    def written(value: Any, *args: Any) -> Any:
        return "–" if value is None or value == "" else write(value, *args)

    return written


def grouped(value: Number, digits: int | None = None) -> str:
    """12345.678 → 12,345.68: whole numbers stay whole, small fractions keep three significant digits."""
    if isinstance(value, int):
        return f"{value:,}"
    number = float(value)
    if number != number:
        return _("undefined")
    if digits is None:
        digits = _digits(abs(number))
    return f"{number:,.{digits}f}".replace("-", "−")


def _digits(size: float) -> int:
    """Decimals that leave about three significant digits, and never fewer than the number needs to be seen."""
    if size == int(size) or size >= 100:
        return 0
    if size >= 1:
        return 2 if size < 10 else 1
    return min(9, max(3, 1 - floor(log10(size)))) if size else 0


def capped(value: int, cap: int = CAP) -> str:
    """A count that stopped counting at the cap says so: 10,000+."""
    return f"{cap:,}+" if value >= cap else f"{value:,}"


def compact(value: Number) -> str:
    """12,345,678 → 12.3 M, for a place with little room; the exact number belongs in a title beside it."""
    number = float(value)
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(number) >= size:
            shown = number / (1e3 if letter == "k" else size)
            return f"{shown:.1f}".removesuffix(".0") + f"{THIN}{letter}"
    return grouped(value)


def percent(share: float, digits: int = 1) -> str:
    """0.1234 → 12.3 %."""
    return f"{share * 100:.{digits}f}{THIN}%"


def duration(seconds: Number) -> str:
    """Seconds → the two largest units a person needs: 850 ms, 12.4 s, 3 min 20 s, 2 h 5 min, 4 d 3 h."""
    value = float(seconds)
    if value == 0:
        return f"0{THIN}s"
    if value < 1:
        return f"{value * 1000:.0f}{THIN}ms"
    if value < 60:
        return f"{value:.1f}".removesuffix(".0") + f"{THIN}s"
    whole = round(value)
    for size, unit, part, part_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size}{THIN}{unit}" + (f" {rest}{THIN}{part_unit}" if rest else "")
    return f"{whole}{THIN}s"


def with_unit(
    value: Number | Literal[""] | None,
    unit: str = "",
    low: Number | None = None,
    high: Number | None = None,
    digits: int | None = None,
) -> SafeString:
    """The number, its unit and, where it was sampled, its interval; nothing measured is a dash."""
    if value is None or value == "":
        return format_html('<span class="faint" title="{}">–</span>', _("not measured"))
    shown = format_html("{}", grouped(value, digits))
    if unit in BEFORE:
        shown = format_html('<span class="unit">{}</span>{}', unit, shown)
    elif unit:
        shown += format_html('{}<span class="unit">{}</span>', THIN, unit)
    if low is not None and high is not None:
        title = _("95 %% interval from %(low)s to %(high)s") % {
            "low": grouped(low, digits),
            "high": grouped(high, digits),
        }
        shown += format_html(
            ' <span class="interval" title="{}">[{}, {}]</span>',
            title,
            grouped(low, digits),
            grouped(high, digits),
        )
    return format_html('<span class="nowrap">{}</span>', shown)


def rate(per_second: float, what: str = "") -> str:
    """Things per second, minute or hour, whichever gives a number one can picture."""
    for factor, unit in ((1, _("s")), (60, _("min")), (3600, _("h"))):
        if per_second * factor >= 1 or unit == _("h"):
            return f"{grouped(round(per_second * factor, 1))} {what}".strip() + f"/{unit}"
    return ""


def things(count: int, one: str, many: str) -> str:
    """`3 pairs`, `1 pair`, with the number grouped."""
    return f"{count:,} " + ngettext(one, many, count)


def spaced(word: Any) -> Any:
    """pair_winner → pair winner: a stored name as words. What is not a plain name is left alone."""
    return word.replace("_", " ") if type(word) is str else word
