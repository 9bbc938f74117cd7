"""Sampling by exact quotas: largest remainder over strata, capped by what there is, drawn by cluster from a seed.

Django-free. What is asked for adds up to the total exactly, the same seed draws the same rows in any order of arrival,
and what could not be given is said stratum by stratum. Rounding: Hamilton's method, in whole fractions, never floats.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

SEPARATOR = " × "
AXES = ("domain", "difficulty", "kind", "language")
USUAL_AXES = AXES[:2]
"""What strata are made of where nobody chose."""
Weight = int | float | Fraction


class Why(StrEnum):
    """How what a stratum was given compares with what it was asked for."""

    MET = "met"
    NONE = "none_there"
    TOO_FEW = "too_few"
    MORE = "took_what_others_lacked"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be drawn: a stable key, its near-duplicate cluster, its stratum and the templates of its question and answer."""

    key: str
    cluster: str
    stratum: str
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One line of the report: what a stratum should have given, could have given and gave."""

    stratum: str
    asked: int
    available: int
    given: int

    @property
    def why(self) -> Why:
        """In one word."""
        if self.given > self.asked:
            return Why.MORE
        if self.given == self.asked:
            return Why.MET
        return Why.TOO_FEW if self.available else Why.NONE

    @property
    def short(self) -> int:
        """How many are missing; never negative."""
        return max(0, self.asked - self.given)


@dataclass(frozen=True, slots=True)
class Quotas:
    """What is wanted: `total` rows over strata in proportion to `weights`; rows that nobody asked for are left out.

    `axes` are what the names of strata are made of. `fill`: what one stratum lacks is given to the others, in proportion
    to their weights. `per_cluster` and `per_template` are the most rows that one near-duplicate cluster and one template
    may give.
    """

    total: int
    weights: Mapping[str, Weight]
    seed: int = 0
    fill: bool = False
    per_cluster: int = 1
    per_template: int | None = None
    axes: tuple[str, ...] = USUAL_AXES

    def __post_init__(self) -> None:
        if self.total < 0:
            raise ValueError("total: is not negative")
        if self.total and not any(weight > 0 for weight in self.weights.values()):
            raise ValueError("weights: at least one stratum has a weight above 0")
        if self.per_cluster < 1 or (self.per_template is not None and self.per_template < 1):
            raise ValueError("per_cluster and per_template: at least 1")


@dataclass(frozen=True, slots=True)
class Sample:
    """The drawn candidates in drawn order, and the report; `given` over all strata is `len(chosen)`."""

    chosen: tuple[Candidate, ...]
    report: tuple[Given, ...] = field(default=())

    @property
    def short(self) -> int:
        """Rows that were asked for and not given to anybody."""
        return max(0, sum(one.asked for one in self.report) - len(self.chosen))


def stratum_name(values: Sequence[str]) -> str:
    """One name for a cell of several axes; what is not known has a name too."""
    return SEPARATOR.join(value or "unknown" for value in values)


def ordered_axes(axes: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order strata are named by; raises ValueError for none, or for one that is no axis."""
    given = set(axes)
    if not given or given - set(AXES):
        raise ValueError(f"axes: at least one of {', '.join(AXES)}")
    return tuple(axis for axis in AXES if axis in given)


def largest_remainder(weights: Mapping[str, Weight], total: int) -> dict[str, int]:
    """Whole numbers in proportion to the weights that add up to `total` exactly; ties go to the first name.

    Raises ValueError on a negative or infinite weight, or when there is a total and no weight above 0.
    """
    exact = {name: _fraction(weight) for name, weight in weights.items()}
    whole = sum(exact.values(), Fraction(0))
    if not whole:
        if total:
            raise ValueError("weights: at least one stratum has a weight above 0")
        return dict.fromkeys(weights, 0)
    shares = {name: weight * total / whole for name, weight in exact.items()}
    given = {name: int(share) for name, share in shares.items()}
    left = total - sum(given.values())
    by_remainder = sorted(shares, key=lambda name: (given[name] - shares[name], name))
    for name in by_remainder[:left]:
        given[name] += 1
    return given


def allocate(quotas: Quotas, available: Mapping[str, int]) -> list[Given]:
    """What every stratum is asked for and given. With `fill`, the sum given is the smaller of total and availability."""
    asked = largest_remainder(quotas.weights, quotas.total)
    given = {name: min(asked[name], available.get(name, 0)) for name in asked}
    while quotas.fill and (missing := quotas.total - sum(given.values())):
        open_ones = {
            name: quotas.weights[name]
            for name in asked
            if quotas.weights[name] > 0 and given[name] < available.get(name, 0)
        }
        if not open_ones:
            break
        for name, more in largest_remainder(open_ones, missing).items():
            given[name] = min(given[name] + more, available[name])
    return [Given(name, asked[name], available.get(name, 0), given[name]) for name in sorted(asked)]


def sample(candidates: Iterable[Candidate], quotas: Quotas) -> Sample:
    """Draw: caps per template and cluster first, then the quotas over what is left.

    A cluster belongs to the stratum of its first drawn member, so that near-duplicates never count in two. Every cluster
    gives its first row before any gives its second.
    """
    by_stratum: dict[str, list[Candidate]] = defaultdict(list)
    for one in _drawable(candidates, quotas):
        by_stratum[one.stratum].append(one)
    report = allocate(quotas, {name: len(found) for name, found in by_stratum.items()})
    chosen = [one for line in report for one in by_stratum[line.stratum][: line.given]]
    return Sample(tuple(chosen), tuple(report))


def draw(name: str, seed: int) -> bytes:
    """The lot of a name under a seed: a new arrival never reorders the others."""
    return hashlib.sha256(f"{seed}\x00{name}".encode("utf-8", "surrogatepass")).digest()


def _drawable(candidates: Iterable[Candidate], quotas: Quotas) -> list[Candidate]:
    """In drawn order, with the caps applied; strata that nobody asked for are not looked at."""
    wanted = (one for one in candidates if quotas.weights.get(one.stratum, 0) > 0)
    ordered = sorted(wanted, key=lambda one: (draw(one.cluster, quotas.seed), draw(one.key, quotas.seed)))
    depth: dict[str, int] = defaultdict(int)
    home: dict[str, str] = {}
    placed: list[tuple[int, Candidate]] = []
    for one in ordered:
        if (
            home.setdefault(one.cluster, one.stratum) == one.stratum
            and depth[one.cluster] < quotas.per_cluster
        ):
            placed.append((depth[one.cluster], one))
            depth[one.cluster] += 1
    placed.sort(key=lambda pair: pair[0])
    return list(capped((one for _, one in placed), quotas.per_template))


def capped(candidates: Iterable[Candidate], most: int | None) -> Iterable[Candidate]:
    """The first `most` of every template, in the order given; what has no template is not capped.

    A row counts for the template of its question and for that of its answer, and enters while both have room.
    """
    seen: dict[tuple[int, str], int] = defaultdict(int)
    for one in candidates:
        own = [(place, name) for place, name in enumerate(one.templates) if name]
        if most is None or all(seen[name] < most for name in own):
            for name in own:
                seen[name] += 1
            yield one


def _fraction(weight: Weight) -> Fraction:
    exact = Fraction(weight)
    if exact < 0:
        raise ValueError("weights: are not negative")
    return exact
