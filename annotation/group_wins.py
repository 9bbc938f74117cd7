"""Do groups of people prefer different models? Differences in win rates that would show again with other people.

Votes of one person hang together, so people are what is drawn again (interval) and what is given another group at random
(test). Both are studentised: the test is exact where people of the groups differ in nothing, and holds its rate where one
group is larger or busier (Janssen 1997; Chung and Romano 2013), as a bare difference does not. Over all models and pairs
of groups the false discovery rate is held by Benjamini and Hochberg (1995).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from .agreement import SEED

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Tallies = npt.NDArray[np.float64]
    Weights = npt.NDArray[np.float64 | np.int64 | np.bool_]
    Differences = tuple[Tallies, Tallies]

RESAMPLES = 2_000
FALSE_DISCOVERIES = 0.05
ROUNDING = 1e-6
LEAST_VARIANCE = 1e-18
"""Of a difference between people who are all alike."""


@dataclass(frozen=True, slots=True)
class Win:
    """One vote for or against an answer of a model that stood against another model's."""

    person: Hashable
    group: str
    model: str
    won: bool


@dataclass(frozen=True, slots=True)
class WinDifference:
    """Win rate of a model among one group minus that among another, `people` at least on either side; `q` is p after Benjamini-Hochberg."""

    model: str
    group: str
    other: str
    rate: float
    other_rate: float
    people: int
    low: float
    high: float
    p: float
    q: float

    @property
    def found(self) -> bool:
        """Whether it counts as a difference when 5 % of those found may be none."""
        return self.q <= FALSE_DISCOVERIES


def win_differences(wins: Iterable[Win], *, least: int) -> list[WinDifference]:
    """Every model and pair of groups with at least `least` people on either side, clearest first."""
    tallies: dict[tuple[str, str], dict[Hashable, list[int]]] = defaultdict(dict)
    for win in wins:
        tally = tallies[win.model, win.group].setdefault(win.person, [0, 0])
        tally[0] += win.won
        tally[1] += 1
    found = []
    for (model, group), (other_model, other) in combinations(sorted(tallies), 2):
        sides = tallies[model, group], tallies[other_model, other]
        if model == other_model and min(map(len, sides)) >= least:
            found.append(_compare(model, group, other, *sides))
    return _controlled(found)


def _compare(
    model: str, group: str, other: str, a: dict[Hashable, list[int]], b: dict[Hashable, list[int]]
) -> WinDifference:
    import numpy as np

    x, y = np.array([*a.values()], dtype=float), np.array([*b.values()], dtype=float)
    rng = np.random.default_rng(SEED)
    found = _difference(np.ones((1, len(x))), x, np.ones((1, len(y))), y)
    low, high = _interval(rng, found, x, y)
    p = _chance(rng, found, x, y)
    rate, other_rate = (float(_rates(side.sum(axis=0))) for side in (x, y))
    return WinDifference(model, group, other, rate, other_rate, min(len(x), len(y)), low, high, p, p)


def _interval(
    rng: "np.random.Generator", found: "Differences", x: "Tallies", y: "Tallies"
) -> tuple[float, float]:
    """Bootstrap-t over people (Efron 1981): how far differences lie from the one they were drawn around, in errors of their own."""
    import numpy as np

    value, error = found
    again, errors = _difference(_drawn_again(rng, len(x)), x, _drawn_again(rng, len(y)), y)
    below, above = np.quantile((again - value) / errors, [0.025, 0.975])
    low, high = np.clip([value - above * error, value - below * error], -1, 1).ravel()
    return float(low), float(high)


def _chance(rng: "np.random.Generator", found: "Differences", x: "Tallies", y: "Tallies") -> float:
    """Two-sided p-value of the studentised difference among those of people put into the two groups at random."""
    import numpy as np

    people = np.concatenate([x, y])
    first = rng.random((RESAMPLES, len(people))).argsort(axis=1) < len(x)
    values, errors = _difference(first, people, ~first, people)
    seen = abs(float((found[0] / found[1])[0]))
    extreme = int((np.abs(values / errors) >= seen * (1 - ROUNDING) - ROUNDING).sum())
    return (extreme + 1) / (RESAMPLES + 1)


def _drawn_again(rng: "np.random.Generator", people: int) -> "npt.NDArray[np.int64]":
    """How often each of them is drawn, draw by draw: shape (draws, people)."""
    return rng.multinomial(people, [1 / people] * people, RESAMPLES)


def _difference(first: "Weights", x: "Tallies", second: "Weights", y: "Tallies") -> "Differences":
    """Rate of the people of x less that of y, draw by draw, and its standard error, never 0."""
    import numpy as np

    rate, variance = _rate_and_variance(first, x)
    other, other_variance = _rate_and_variance(second, y)
    return rate - other, np.sqrt(variance + other_variance + LEAST_VARIANCE)


def _rate_and_variance(weights: "Weights", tallies: "Tallies") -> "tuple[Tallies, Tallies]":
    """The rate and its jackknife variance, draw by draw: leaving each person out shows one that a busy person makes alone."""
    import numpy as np

    people, sums = weights.sum(axis=1), weights @ tallies
    rates = _rates(sums)
    off = tallies[:, 0] - rates[:, None] * tallies[:, 1]
    others = np.where(weights > 0, sums[:, 1:] - tallies[:, 1], 1)
    variance: Tallies = (weights * (off / others) ** 2).sum(axis=1) * (people - 1) / people
    return rates, variance


def _rates(sums: "Tallies") -> "Tallies":
    """Wins over comparisons, which are the last axis."""
    rates: Tallies = sums[..., 0] / sums[..., 1]
    return rates


def _controlled(found: list[WinDifference]) -> list[WinDifference]:
    from scipy.stats import false_discovery_control  # type: ignore[import-untyped]

    if not found:
        return []
    adjusted = false_discovery_control([one.p for one in found])
    kept = [replace(one, q=float(q)) for one, q in zip(found, adjusted, strict=True)]
    return sorted(kept, key=lambda one: (one.q, one.model, one.group, one.other))
