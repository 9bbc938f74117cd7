"""Checks and biases of a quality report in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..checks import ALARM, Check

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CheckWords:
    """A check: its name, what is counted, for whom the stated rate holds, and how many people it accuses."""

    name: str
    counts: str
    honest: str
    accused: int


@dataclass(frozen=True, slots=True)
class Accusation:
    """One finding of one person in words; `partner` is the pseudonym it is about, "" for none."""

    name: str
    hits: int
    of: int
    p_value: float
    partner: str
    alarm: bool

    @property
    def p_words(self) -> str:
        """The p-value as people write it."""
        return "< 0.001" if self.p_value < ALARM else f"{self.p_value:.3f}"


@dataclass(frozen=True, slots=True)
class AnnotatorWords:
    """One annotator's line: the stored numbers, and the findings that accuse."""

    row: Row
    findings: list[Accusation] = field(default_factory=list)


def check_names() -> dict[str, str]:
    """What each check looks for."""
    return {
        Check.SIDE: _("One side"),
        Check.SAME_KEY: _("The same key"),
        Check.LONGER: _("Always the longer"),
        Check.SPEED: _("Too fast to have read"),
        Check.COPY: _("Answers like one other person"),
        Check.SAME_WORDS: _("In another person's words"),
    }


def check_rows(people: Sequence[Row]) -> list[CheckWords]:
    """Every check with its null hypothesis in plain words, and how many it accuses."""
    accused = Counter(one["check"] for row in people for one in row["checks"] if one["alarm"])
    words = {
        Check.SIDE: (
            _("left answers among those with a side"),
            _("everybody: sides are drawn at random"),
        ),
        Check.SAME_KEY: (
            _("answers equal to the one before, on the screen"),
            _(
                "those who repeat themselves at most 80 % of the time, or halfway between their peers and always"
            ),
        ),
        Check.LONGER: (
            _("longer answers among those taken"),
            _("those who take it at most 80 % of the time, or halfway between their peers and always"),
        ),
        Check.SPEED: (
            _(
                "answers faster than 1,500 words a minute and than a third of what peers took on the same item"
            ),
            _("those who click through at most one answer in ten"),
        ),
        Check.COPY: (
            _("items answered exactly like one other person, strength included"),
            _("those who are alike at most 90 % of the time, or halfway between the usual and always"),
        ),
        Check.SAME_WORDS: (
            _("explanations of 25 characters or more that are another person's on the same item"),
            _("those whose words meet another's at most 2 % of the time"),
        ),
    }
    names = check_names()
    return [CheckWords(names[check], *words[check], accused[check]) for check in Check]


def annotator_rows(people: Sequence[Row]) -> list[AnnotatorWords]:
    """Lines of the annotators table."""
    names = check_names()
    return [
        AnnotatorWords(
            row,
            [
                Accusation(
                    names[one["check"]],
                    one["hits"],
                    one["of"],
                    one["p_value"],
                    one["partner"] or "",
                    one["alarm"],
                )
                for one in row["checks"]
                if one["alarm"]
            ],
        )
        for row in people
    ]


def model_rows(models: Sequence[Row]) -> list[Row]:
    """Biases per model; a reading says whether an interval leaves 0 out."""
    return [
        {
            **one,
            "left_reading": _reading(one["left"], _("wins more on the left"), _("wins more on the right")),
            "longer_reading": _reading(
                one["longer"],
                _("wins more when it is longer"),
                _("wins more when it is shorter"),
            ),
            "pull": one.get("verbosity"),
        }
        for one in models
    ]


def _reading(estimate: Row, above: str, below: str) -> str:
    if estimate["value"] is None:
        return _("no such votes yet")
    if estimate["low"] > 0:
        return above
    return below if estimate["high"] < 0 else _("no difference, as far as these votes can tell")
