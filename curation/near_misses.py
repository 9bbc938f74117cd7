"""Near misses: for a question, the answer to another question that lies almost as near to it as its own.

Django-free. Only a question whose own answer lies nearest of all says which answers are wrong: thanks and small talk fit
many answers, and those fit them. The margin is how much nearer the own answer is; below the least one the other may be
right as well (positive-aware mining, Moreira et al. 2024). Answers to the same question in other words are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

LEAST_MARGIN = 0.05
LARGEST_MARGIN = 0.2
SAME_QUESTION = 0.8
SAME_ANSWER = 0.85
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
        same = names[some, None] == names[None, :]
        same |= questions[some] @ questions.T >= SAME_QUESTION
        same |= answers[some] @ answers.T >= SAME_ANSWER
        likeness[same] = -1
        best = likeness.argmax(axis=1)
        for row, (place, other) in enumerate(zip(best.tolist(), likeness.max(axis=1).tolist(), strict=True)):
            if own[row] >= LEAST_OWN and LEAST_MARGIN <= own[row] - other <= LARGEST_MARGIN:
                found.append(NearMiss(int(rows[row]), place, round(float(own[row]), 4), round(other, 4)))
    return found
