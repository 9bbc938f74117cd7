"""Choices and outcomes in words: to an annotator about the sides they saw, to a lead about the responses."""

from django.utils.translation import gettext as _

from ..choices import Answer, Choice, RepairChoice, Shown
from ..models import Assignment, JudgmentRevision
from ..shortcuts import EVERY
from ..sides import as_shown


def shown_words() -> dict[str, str]:
    """What each side-wise choice says."""
    return {
        Shown.LEFT_CLEAR: _("A much better"),
        Shown.LEFT: _("A better"),
        Shown.TIE: _("Equally good"),
        Shown.RIGHT: _("B better"),
        Shown.RIGHT_CLEAR: _("B much better"),
        Shown.BOTH_BAD: _("Both bad"),
        Shown.CANNOT_JUDGE: _("Cannot judge"),
    }


def origin_words() -> dict[str, str]:
    """Where an answer comes from."""
    return {
        "production": _("from production"),
        "n_best": _("another choice of the same request"),
        "regeneration": _("asked again"),
        "fix": _("written by a person"),
        "sampled": _("sampled from a trained model"),
        "hard_negative": _("a near miss of retrieval"),
    }


def outcome_words() -> dict[str, str]:
    """What each outcome of an item says."""
    return {
        "a": _("First preferred"),
        "b": _("Second preferred"),
        "tie": _("Equally good"),
        "both_bad": _("Both bad"),
        "cannot": _("Cannot judge"),
        "conflict": _("Conflict"),
        "accepted": _("Accepted"),
        "fixed": _("Fixed"),
        "dropped": _("Dropped"),
    }


def stored_word(choice: str, strength: int = 0) -> str:
    """A stored choice in words about the responses, not the sides."""
    words = {
        Choice.A: _("First better") if strength < 2 else _("First much better"),
        Choice.B: _("Second better") if strength < 2 else _("Second much better"),
        Choice.TIE: _("Equally good"),
        Choice.BOTH_BAD: _("Both bad"),
        Choice.CANNOT_JUDGE: _("Cannot judge"),
        RepairChoice.ACCEPT: _("Accepted"),
        RepairChoice.FIX: _("Fixed"),
        RepairChoice.DROP: _("Dropped"),
    }
    return words[choice]  # type: ignore[index]


def act_word(act: str) -> str:
    """What the turn should have done; "" where nobody said."""
    return str(EVERY[f"act_{act}"].label) if act else ""


def choice_word(revision: JudgmentRevision, assignment: Assignment | None) -> str:
    """What the annotator said, in the words of the screen they saw."""
    if assignment is None or revision.choice in set(RepairChoice):
        return stored_word(revision.choice, revision.strength)
    answer = Answer(Choice(revision.choice), revision.strength)
    return shown_words()[as_shown(answer, swapped=assignment.swapped)]
