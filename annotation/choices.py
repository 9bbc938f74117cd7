"""The answers an annotator can give, in the pair's own orientation and as they appear on the screen.

Stored choices always speak about the pair's responses *a* and *b*. What the annotator sees is left and
right; which is which is drawn per assignment, and only `sides.py` translates.
"""

from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """One judgment of a pair, independent of the side a response was shown on."""

    A = "a"
    B = "b"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    CANNOT_JUDGE = "cannot"


DECIDED = frozenset({Choice.A, Choice.B})
"""Only these can ever become chosen/rejected; ties and both-bad are counted, never trained on by default."""

SLIGHT, CLEAR = 1, 2
"""Strength of a preference: A > B and A >> B. Undecided answers carry strength 0."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A choice with its strength; the constructor refuses combinations that mean nothing."""

    choice: Choice
    strength: int = 0

    def __post_init__(self) -> None:
        if self.choice in DECIDED and self.strength not in (SLIGHT, CLEAR):
            raise ValueError(f"a preference has strength {SLIGHT} or {CLEAR}, not {self.strength}")
        if self.choice not in DECIDED and self.strength != 0:
            raise ValueError(f"{self.choice.value} has no strength")


ORDINAL: tuple[Answer, ...] = (
    Answer(Choice.A, CLEAR),
    Answer(Choice.A, SLIGHT),
    Answer(Choice.TIE),
    Answer(Choice.B, SLIGHT),
    Answer(Choice.B, CLEAR),
)
"""The ordered part of the scale, A>>B ... tie ... B>>A; both-bad and cannot-judge stand outside any order."""

NOMINAL: tuple[Choice, ...] = (Choice.A, Choice.TIE, Choice.B)
"""The domain for nominal agreement. Both-bad counts as a tie there, cannot-judge as no answer."""


class Shown(StrEnum):
    """What the judging page sends: sides, never responses, so a page cannot leak which is which."""

    LEFT_CLEAR = "left_clear"
    LEFT = "left"
    TIE = "tie"
    RIGHT = "right"
    RIGHT_CLEAR = "right_clear"
    BOTH_BAD = "both_bad"
    CANNOT_JUDGE = "cannot_judge"


class RepairChoice(StrEnum):
    """What can be done with one answer: keep it as it is, keep it as rewritten, or never train on it."""

    ACCEPT = "accept"
    FIX = "fix"
    DROP = "drop"


class TurnAct(StrEnum):
    """What the turn should have done, whatever it said: the label of a repair."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    TOOL = "tool"
    REFUSE = "refuse"
    DEFER = "defer"
    ESCALATE = "escalate"


TURN_ACTS: tuple[str, ...] = tuple(act.value for act in TurnAct)
