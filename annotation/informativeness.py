"""How much a judged pair tells a model: what share of people stand behind each answer, and how divided they are."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .choices import Choice


@dataclass(frozen=True, slots=True)
class Informativeness:
    """Of the votes that compare the two answers (a, tie, b; both bad counts as a tie; cannot judge as no vote).

    `soft_label` is the chance that a is preferred, a tie being half of each (0..1); `margin` |2 soft_label - 1| (0..1);
    `entropy` of the votes over a, tie, b, divided by log 3 (0: all say the same, 1: evenly spread).
    """

    soft_label: float
    margin: float
    entropy: float
    votes: int


def informativeness(votes: Mapping[str, int]) -> Informativeness | None:
    """From counts per choice; None where nobody compared."""
    a, b = votes.get(Choice.A, 0), votes.get(Choice.B, 0)
    tie = votes.get(Choice.TIE, 0) + votes.get(Choice.BOTH_BAD, 0)
    total = a + b + tie
    if not total:
        return None
    soft = (a + tie / 2) / total
    entropy = -math.fsum(n / total * math.log(n / total) for n in (a, tie, b) if n) / math.log(3)
    return Informativeness(soft, abs(2 * soft - 1), abs(entropy), total)
