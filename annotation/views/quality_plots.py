"""Drawings of a quality report; each carries its numbers as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.plots.bars import Bar, bars
from core.plots.dots import Dot, dots
from core.plots.frame import Plot

from ..quality.numbers import BINS, MOST_BITS

Row = Mapping[str, Any]
MOST_MODELS = 30


def agreement_plot(agreement: Mapping[str, Row | None]) -> Plot:
    """The measures of agreement side by side; undefined says so."""
    names = {
        "alpha_nominal": _("α, nominal"),
        "alpha_ordinal": _("α, ordinal"),
        "ac1": _("Gwet's AC1"),
        "pairwise": _("equal pairs of votes"),
    }
    items = [_dot(name, agreement[key]) for key, name in names.items() if key in agreement]
    return dots(
        _("Agreement"),
        items,
        unit=_("1 is perfect"),
        reference=0,
        reference_label=_("chance, for α and AC1"),
        note=_("Lines: 95 % intervals over items."),
    )


def _dot(name: str, estimate: Row | None) -> Dot:
    if estimate is None:
        return Dot(name, None)
    return Dot(name, estimate["value"], estimate["low"], estimate["high"], f"n = {estimate['items']}")


def soft_plot(soft: Row) -> Plot:
    """How divided items are, by the entropy of their votes."""
    width = MOST_BITS / BINS
    items = [
        Bar(_("%(low).2f to %(high).2f bits") % {"low": n * width, "high": (n + 1) * width}, (count,))
        for n, count in enumerate(soft["bins"])
    ]
    return bars(
        _("How divided the votes on an item are"),
        items,
        unit=_("items"),
        note=_("0 bits: all say the same. 1 bit: two answers, half the votes each."),
    )


def strength_plot(strengths: Sequence[Row]) -> Plot | None:
    """Models by Bradley-Terry, strongest first; None where no two met."""
    if not strengths:
        return None
    items = [
        Dot(one["generator"], one["value"], one["low"], one["high"], f"n = {one['games']}")
        for one in strengths[:MOST_MODELS]
    ]
    return dots(
        _("Models compared"),
        items,
        unit=_("log-odds against the average"),
        reference=0,
        reference_label=_("the average model"),
        note=_(
            "Bradley-Terry; +1.1 wins three of four. Ties are half a win each. Lines: 95 % intervals over items."
        ),
    )
