"""Near misses: for a question, the answer to another question that lies almost as near to it as its own.

Django-free. The margin is how much nearer the own answer is. Below the least margin the other answer may be right as well, so
it is left alone, and so are answers to the same question in other words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

LEAST_MARGIN = 0.02
LARGEST_MARGIN = 0.12
SAME_QUESTION = 0.9
SAME_ANSWER = 0.92
LEAST_OWN = 0.35
"""An own answer that is no nearer than this says nothing about its question to the model."""
AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Places of the question and of the answer that nearly fits it, with both likenesses."""

    question: int
    answer: int
    own: float
    other: float

    @property
    def margin(self) -> float:
        """How much nearer the own answer is."""
        return round(self.own - self.other, 4)


def near_misses(questions: Vectors, answers: Vectors, groups: Sequence[str]) -> list[NearMiss]:
    """The best near miss of each question that has one; vectors are unit rows, `groups` names what counts as the same."""
    names = np.unique(np.asarray(groups), return_inverse=True)[1]
    found: list[NearMiss] = []
    for start in range(0, len(questions), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        rows = np.arange(start, min(start + AT_ONCE, len(questions)))
        likeness = questions[some] @ answers.T
        own = likeness[np.arange(len(rows)), rows].copy()
        barred = names[some, None] == names[None, :]
        barred |= questions[some] @ questions.T >= SAME_QUESTION
        barred |= answers[some] @ answers.T >= SAME_ANSWER
        barred |= own[:, None] - likeness < LEAST_MARGIN
        likeness[barred] = -1
        best = likeness.argmax(axis=1)
        for row, (place, other) in enumerate(zip(best.tolist(), likeness.max(axis=1).tolist(), strict=True)):
            if own[row] >= LEAST_OWN and own[row] - other <= LARGEST_MARGIN:
                found.append(NearMiss(int(rows[row]), place, round(float(own[row]), 4), round(other, 4)))
    return found
