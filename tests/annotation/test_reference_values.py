"""Alpha, Hill numbers, HHI and Gini on real crowds equal what the definitions give when written out, to 1e-9."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction
from itertools import permutations

import pytest

from annotation.agreement import alpha, tabulate
from annotation.diversity import gini, herfindahl, hill_number

from .reference_data import convarg_votes, pandalm_votes

Votes = list[tuple[Hashable, Hashable, Hashable]]


def convarg() -> Votes:
    """(item, annotator, value)."""
    return [((r["debate"], r["pair_id"]), r["worker"], r["value"]) for r in convarg_votes()]


def pandalm() -> Votes:
    """The same; its three annotators judged every item, in this order."""
    return [(item, n % 3, value) for n, (item, value) in enumerate(pandalm_votes())]


CROWDS: list[tuple[Callable[[], Votes], tuple[Hashable, ...]]] = [
    (convarg, ("a1", "equal", "a2")),
    (pandalm, (1, 0, 2)),
]
over_crowds = pytest.mark.parametrize(("crowd", "scale"), CROWDS, ids=["convarg", "pandalm"])


def defined_alpha(votes: Votes, scale: tuple[Hashable, ...], *, ordinal: bool) -> float:
    """Krippendorff 2011, section 2: ordered pairs of values within a unit, and within everything, in fractions."""
    units: dict[Hashable, list[int]] = defaultdict(list)
    for item, _who, value in votes:
        units[item].append(scale.index(value))
    paired = [values for values in units.values() if len(values) > 1]
    n_c = Counter(value for values in paired for value in values)
    n = sum(n_c.values())

    def squared(c: int, k: int) -> Fraction:
        if not ordinal:
            return Fraction(c != k)
        low, high = min(c, k), max(c, k)
        return (sum(n_c[g] for g in range(low, high + 1)) - Fraction(n_c[c] + n_c[k], 2)) ** 2

    distance = {(c, k): squared(c, k) for c in range(len(scale)) for k in range(len(scale))}
    observed = Fraction(0)
    for values in paired:
        observed += Fraction(sum(distance[pair] for pair in permutations(values, 2))) / (len(values) - 1)
    expected = sum(n_c[c] * n_c[k] * d for (c, k), d in distance.items())
    return float(1 - (n - 1) * observed / expected)


def per_person(votes: Votes) -> list[int]:
    return list(Counter(who for _item, who, _value in votes).values())


@over_crowds
@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_alpha_equals_its_definition(crowd, scale, level) -> None:
    votes = crowd()
    counts = tabulate(((item, value) for item, _who, value in votes), domain=scale)
    assert alpha(counts, level=level) == pytest.approx(
        defined_alpha(votes, scale, ordinal=level == "ordinal"), abs=1e-9
    )


@over_crowds
def test_effective_numbers_equal_their_definitions(crowd, scale) -> None:
    work = per_person(crowd())
    total = sum(work)
    entropy = sum(n / total * (math.log(total) - math.log(n)) for n in sorted(work))
    same_person = Fraction(sum(n * n for n in work), total * total)
    assert hill_number(work, q=1) == pytest.approx(math.exp(entropy), abs=1e-9)
    assert hill_number(work, q=2) == pytest.approx(float(1 / same_person), abs=1e-9)
    assert herfindahl(work) == pytest.approx(float(same_person), abs=1e-9)


@over_crowds
def test_gini_equals_half_the_relative_mean_difference(crowd, scale) -> None:
    sizes = Counter(per_person(crowd()))
    people, total = sum(sizes.values()), sum(n * m for n, m in sizes.items())
    differences = sum(abs(a - b) * m * k for a, m in sizes.items() for b, k in sizes.items())
    assert gini(_flat(sizes)) == pytest.approx(float(Fraction(differences, 2 * people * total)), abs=1e-9)


def _flat(sizes: Counter[int]) -> Iterable[int]:
    return sizes.elements()
