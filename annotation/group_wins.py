"""Do groups of people prefer different models? Differences in win rates that would show again with other people.

Votes of one person hang together, so people are what is drawn again (interval) and what is given another group at random
(test); over all models and pairs of groups the false discovery rate is held by Benjamini and Hochberg (1995).
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

RESAMPLES = 2_000
FALSE_DISCOVERIES = 0.05


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
    drawn = _rates(_drawn_again(rng, len(x)) @ x) - _rates(_drawn_again(rng, len(y)) @ y)
    low, high = np.quantile(drawn, [0.025, 0.975])
    people = np.concatenate([x, y])
    first = rng.random((RESAMPLES, len(people))).argsort(axis=1) < len(x)
    shuffled = _rates(first @ people) - _rates(~first @ people)
    rate, other_rate = float(_rates(x.sum(axis=0))), float(_rates(y.sum(axis=0)))
    extreme = int((np.abs(shuffled) >= abs(rate - other_rate) - 1e-12).sum())
    p = (extreme + 1) / (RESAMPLES + 1)
    fewest = min(len(x), len(y))
    return WinDifference(model, group, other, rate, other_rate, fewest, float(low), float(high), p, p)


def _drawn_again(rng: "np.random.Generator", people: int) -> "npt.NDArray[np.int64]":
    """How often each of them is drawn, draw by draw: shape (draws, people)."""
    return rng.multinomial(people, [1 / people] * people, RESAMPLES)


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
