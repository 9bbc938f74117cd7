"""Drawings of the campaign board; each carries its numbers as a table."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.plots.bars import Bar, bars
from core.plots.frame import Plot

from ..board import AnnotatorRow
from ..choices import Choice, RepairChoice
from .outcomes import stored_word

MOST = 20


def choices_plot(kind: str, choices: dict[str, int]) -> Plot:
    """How often each answer was given, counted votes only."""
    order = [c.value for c in (RepairChoice if kind == "repair" else Choice)]
    words = {**{c: stored_word(c) for c in order}, "a": _("First"), "b": _("Second")}
    items = [Bar(words[choice], (choices.get(choice, 0),)) for choice in order]
    return bars(_("What was answered"), items, unit=_("judgments"))


def work_plot(rows: Sequence[AnnotatorRow]) -> Plot:
    """Who did how much, busiest first; simulated annotators in a colour of their own."""
    items = [
        Bar(
            str(row.annotator)[:8],
            (0, row.votes) if row.simulated else (row.votes, 0),
            note=_("simulated") if row.simulated else "",
        )
        for row in rows[:MOST]
    ]
    return bars(
        _("Work per annotator"),
        items,
        unit=_("judgments"),
        parts=(_("people"), _("simulated")),
        colours=("p-s1", "p-neutral"),
        note=_("The %(n)d busiest are drawn.") % {"n": MOST} if len(rows) > MOST else "",
    )
