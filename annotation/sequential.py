"""Evidence that may be looked at every day: e-values (Vovk and Wang 2021; Ramdas et al. 2023).

Each function is a mixture likelihood ratio and, while the null holds, a nonnegative supermartingale from 1: by Ville's
inequality the chance that it EVER reaches 1/a is at most a, however often anybody looks. Its inverse is a p-value
valid at any time. Means of e-values are e-values, so many partners cost no correction.
"""

from collections.abc import Iterable
from math import exp, inf, log


def e_of_a_coin(hits: int, n: int) -> float:
    """Evidence that a fair coin is none: uniform mixture over every other chance, B(k+1, n-k+1) / 2^-n."""
    from scipy.special import betaln  # type: ignore[import-untyped]

    return _exp(float(betaln(hits + 1, n - hits + 1)) + n * log(2))


def e_above(hits: int, n: int, *, limit: float) -> float:
    """Evidence that something happens more often than `limit` of the time, whatever the chance below it was each time."""
    from scipy.special import betaincc, betaln

    if not 0 < limit < 1:
        raise ValueError(f"a limit lies between 0 and 1, not at {limit}")
    beyond = float(betaincc(hits + 1, n - hits + 1, limit))
    if beyond <= 0:
        return 0.0
    ratio = float(betaln(hits + 1, n - hits + 1)) + log(beyond) - log(1 - limit)
    return _exp(ratio - hits * log(limit) - (n - hits) * log(1 - limit))


def mean(values: Iterable[float]) -> float:
    """The evidence of several looks at one person together; 1, no evidence, without any."""
    found = list(values)
    return sum(found) / len(found) if found else 1.0


def anytime_p(e: float) -> float:
    """A p-value that holds at whatever time one looks."""
    return min(1.0, 1 / e) if e > 0 else 1.0


def _exp(value: float) -> float:
    return exp(value) if value < 700 else inf
