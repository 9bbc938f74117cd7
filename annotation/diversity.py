"""How many people really stand behind a set of judgments, from the votes each of them gave.

All functions take votes per annotator (counts, not negative); no votes means undefined: `None`, never 0.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass


def _positive(votes: Iterable[float]) -> list[float]:
    counts = [float(v) for v in votes]
    if any(v < 0 or not math.isfinite(v) for v in counts):
        raise ValueError("votes are finite and not negative")
    return sorted(v for v in counts if v > 0)


def hill_number(votes: Iterable[float], *, q: float) -> float | None:
    """Effective number of annotators of order q (Hill 1973): people as if all had voted equally often.

    q=1 is exp(Shannon entropy), q=2 the inverse of the concentration; a larger q weighs the busiest more.
    """
    counts = _positive(votes)
    if not counts:
        return None
    total = math.fsum(counts)
    shares = [v / total for v in counts]
    if q == 1:
        return math.exp(-math.fsum(p * math.log(p) for p in shares))
    return float(math.fsum(p**q for p in shares) ** (1 / (1 - q)))


def herfindahl(votes: Iterable[float]) -> float | None:
    """Herfindahl-Hirschman index in (0, 1]: the chance that two votes drawn at random are one person's."""
    counts = _positive(votes)
    if not counts:
        return None
    total = math.fsum(counts)
    return math.fsum((v / total) ** 2 for v in counts)


def gini(votes: Iterable[float]) -> float | None:
    """Gini coefficient in [0, 1) over those who voted: 0 when everyone did the same amount of work."""
    counts = _positive(votes)
    if not counts:
        return None
    n, total = len(counts), math.fsum(counts)
    weighted = math.fsum(rank * v for rank, v in enumerate(counts, start=1))
    return max(0.0, (2 * weighted) / (n * total) - (n + 1) / n)


def top_share(votes: Iterable[float], *, fraction: float = 0.1) -> float | None:
    """Share of all votes given by the busiest `fraction` of annotators (at least one of them)."""
    counts = _positive(votes)
    if not counts:
        return None
    busiest = max(1, math.ceil(len(counts) * fraction - 1e-9))
    return math.fsum(counts[-busiest:]) / math.fsum(counts)


@dataclass(frozen=True, slots=True)
class Diversity:
    """The line of numbers a campaign board shows; all None while nobody has voted."""

    annotators: int
    votes: int
    n_eff: float | None
    n_eff_q2: float | None
    hhi: float | None
    gini: float | None
    top_share: float | None


def summarise(votes: Iterable[int]) -> Diversity:
    """All concentration measures of one list of votes per annotator."""
    counts = [v for v in votes if v > 0]
    return Diversity(
        annotators=len(counts),
        votes=sum(counts),
        n_eff=hill_number(counts, q=1),
        n_eff_q2=hill_number(counts, q=2),
        hhi=herfindahl(counts),
        gini=gini(counts),
        top_share=top_share(counts),
    )
