"""How often somebody is right on gold items, as what one may believe after seeing it: a Beta distribution with its interval.

Only for leads. It is never shown to the person while they work: people tune to it (Goodhart).
"""

from dataclasses import dataclass

PRIOR = 1.0
"""Beta(1, 1): before any gold, every share is as likely as any other."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """Right answers of `of`; mean and central 95 % interval of the share, 0..1."""

    right: int
    of: int
    mean: float
    low: float
    high: float


def posterior(right: int, of: int, *, confidence: float = 0.95) -> Posterior:
    """Beta(1 + right, 1 + wrong); with nothing seen it is the prior, wide open."""
    if not 0 <= right <= of:
        raise ValueError(f"{right} of {of} is not a count")
    from scipy.special import betaincinv  # type: ignore[import-untyped]

    a, b, tail = PRIOR + right, PRIOR + of - right, (1 - confidence) / 2
    return Posterior(right, of, a / (a + b), float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail)))
