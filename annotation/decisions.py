"""What the counted judgments of one item add up to: pure arithmetic over the latest revisions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .choices import Choice, RepairChoice

R = TypeVar("R")

CONFLICT = "conflict"
REPAIR_OUTCOMES = {
    RepairChoice.ACCEPT: "accepted",
    RepairChoice.FIX: "fixed",
    RepairChoice.DROP: "dropped",
}


@dataclass(frozen=True, slots=True)
class Vote(Generic[R]):
    """The latest revision of one counted judgment; `response` is what a fix produced."""

    choice: str
    strength: int = 0
    simulated: bool = False
    response: R | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """The projection stored as a Decision; `strength` is 0..2, the mean pull towards the winner over all votes."""

    outcome: str
    strength: float
    votes: dict[str, int]
    counted: int
    simulated: int
    response: R | None = None


def _plurality(counts: Counter[str]) -> str:
    """The choice with strictly more votes than any other, else a conflict."""
    ranked = counts.most_common(2)
    if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
        return CONFLICT
    return ranked[0][0]


def decide_pair(votes: Sequence[Vote[R]], *, a: R, b: R) -> Outcome[R] | None:
    """Plurality over a, b, tie, both bad and cannot judge; disagreement stays visible in `votes` and `strength`."""
    if not votes:
        return None
    counts = Counter(vote.choice for vote in votes)
    outcome = _plurality(counts)
    pull = sum(v.strength * ((v.choice == Choice.A) - (v.choice == Choice.B)) for v in votes) / len(votes)
    sign = {Choice.A.value: 1, Choice.B.value: -1}.get(outcome, 0)
    return Outcome(
        outcome=outcome,
        strength=max(0.0, pull * sign),
        votes=dict(counts),
        counted=len(votes),
        simulated=sum(vote.simulated for vote in votes),
        response={Choice.A.value: a, Choice.B.value: b}.get(outcome),
    )


def decide_repair(votes: Sequence[Vote[R]], *, original: R) -> Outcome[R] | None:
    """Accepted keeps the original, fixed names the latest fix, dropped names nothing; a draw is a conflict."""
    if not votes:
        return None
    counts = Counter(vote.choice for vote in votes)
    winner = _plurality(counts)
    outcome = REPAIR_OUTCOMES[RepairChoice(winner)] if winner != CONFLICT else CONFLICT
    fixes = [vote.response for vote in votes if vote.choice == RepairChoice.FIX]
    kept = {"accepted": original, "fixed": fixes[-1] if fixes else None}
    return Outcome(
        outcome=outcome,
        strength=counts[winner] / len(votes) if winner != CONFLICT else 0.0,
        votes=dict(counts),
        counted=len(votes),
        simulated=sum(vote.simulated for vote in votes),
        response=kept.get(outcome),
    )
