"""Which response stands on the left: drawn per assignment, stored, and undone before anything is counted.

A fixed side would turn the known preference for the first answer into a "preference" between models.
"""

from typing import TypeVar

from .choices import CLEAR, SLIGHT, Answer, Choice, Shown

T = TypeVar("T")

_SIDED: dict[Shown, tuple[bool, int]] = {
    Shown.LEFT_CLEAR: (True, CLEAR),
    Shown.LEFT: (True, SLIGHT),
    Shown.RIGHT: (False, SLIGHT),
    Shown.RIGHT_CLEAR: (False, CLEAR),
}
_UNSIDED: dict[Shown, Choice] = {
    Shown.TIE: Choice.TIE,
    Shown.BOTH_BAD: Choice.BOTH_BAD,
    Shown.CANNOT_JUDGE: Choice.CANNOT_JUDGE,
}


def place(a: T, b: T, *, swapped: bool) -> tuple[T, T]:
    """Return (left, right) as this assignment shows them."""
    return (b, a) if swapped else (a, b)


def unswap(shown: Shown, *, swapped: bool) -> Answer:
    """Translate an answer given about sides into one about the pair's responses."""
    if shown in _UNSIDED:
        return Answer(_UNSIDED[shown])
    left, strength = _SIDED[shown]
    return Answer(Choice.A if left != swapped else Choice.B, strength)


def as_shown(answer: Answer, *, swapped: bool) -> Shown:
    """Translate a stored answer back to the screen it was given on (history, revise)."""
    for unsided, choice in _UNSIDED.items():
        if choice == answer.choice:
            return unsided
    left = (answer.choice == Choice.A) != swapped
    return next(shown for shown, value in _SIDED.items() if value == (left, answer.strength))


def left_was_chosen(choice: Choice, *, swapped: bool) -> bool | None:
    """Whether the left side won; None where no side did. Input of the position test."""
    if choice not in (Choice.A, Choice.B):
        return None
    return (choice == Choice.A) != swapped
