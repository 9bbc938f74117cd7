"""Quotas are exact, capped by what there is, drawn by cluster from a seed, and what could not be given is said."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.sampling import Candidate, Quotas, Why, allocate, draw, largest_remainder, sample, stratum_name

NAMES = st.sampled_from("abcdefgh")
WEIGHTS = st.dictionaries(NAMES, st.integers(1, 1000) | st.floats(0.001, 1000), min_size=1)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.uuids().map(str),
        st.sampled_from([f"cluster {n}" for n in range(12)]),
        NAMES,
        st.tuples(st.sampled_from(["", "t1", "t2"]), st.sampled_from(["", "a1"])),
    ),
    unique_by=lambda one: one.key,
)


def one(key: str, stratum: str = "a", cluster: str = "", template: str = "") -> Candidate:
    return Candidate(key, cluster or key, stratum, (template,))


@given(WEIGHTS, st.integers(0, 5000))
def test_quotas_add_up_to_the_total_and_each_is_its_share_rounded(
    weights: dict[str, float], total: int
) -> None:
    given_ = largest_remainder(weights, total)
    whole = sum(map(Fraction, weights.values()))
    assert sum(given_.values()) == total
    assert all(abs(given_[name] - Fraction(weight) * total / whole) < 1 for name, weight in weights.items())


@given(WEIGHTS, st.integers(0, 500))
def test_a_larger_weight_never_gets_less(weights: dict[str, float], total: int) -> None:
    given_ = largest_remainder(weights, total)
    assert all(
        given_[one] <= given_[other] for one in weights for other in weights if weights[one] < weights[other]
    )


def test_remainders_that_are_equal_go_to_the_first_name_whatever_the_order() -> None:
    assert largest_remainder({"c": 1, "a": 1, "b": 1}, 4) == {"a": 2, "b": 1, "c": 1}
    assert largest_remainder({"b": 1, "c": 1, "a": 1}, 4) == {"a": 2, "b": 1, "c": 1}


@pytest.mark.parametrize("weights", [{"a": -1.0}, {"a": 0.0}, {}, {"a": float("nan")}, {"a": float("inf")}])
def test_weights_that_mean_nothing_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        largest_remainder(weights, 3)


@given(WEIGHTS, st.integers(0, 200), st.dictionaries(NAMES, st.integers(0, 60)))
def test_nothing_is_given_that_is_not_there_and_every_shortfall_is_named(
    weights: dict[str, float], total: int, there: dict[str, int]
) -> None:
    for line in allocate(Quotas(total, weights), there):
        assert line.given == min(line.asked, line.available)
        assert (line.short > 0) == (line.why in (Why.TOO_FEW, Why.NONE))
        assert line.available == there.get(line.stratum, 0)


@given(WEIGHTS, st.integers(0, 200), st.dictionaries(NAMES, st.integers(0, 60)))
def test_filling_gives_the_whole_total_as_long_as_there_is_anything_left(
    weights: dict[str, float], total: int, there: dict[str, int]
) -> None:
    report = allocate(Quotas(total, weights, fill=True), there)
    reachable = sum(there.get(name, 0) for name in weights)
    assert sum(line.given for line in report) == min(total, reachable)
    assert all(line.given <= line.available for line in report)


@given(CANDIDATES, WEIGHTS, st.integers(0, 40), st.integers(0, 3), st.booleans(), st.integers(1, 3))
def test_a_sample_keeps_its_report_its_caps_and_its_clusters(
    candidates: list[Candidate], weights: dict[str, float], total: int, seed: int, fill: bool, most: int
) -> None:
    quotas = Quotas(total, weights, seed=seed, fill=fill, per_cluster=most, per_template=most)
    drawn = sample(candidates, quotas)
    strata = Counter(one.stratum for one in drawn.chosen)
    assert {line.stratum: line.given for line in drawn.report if line.given} == strata
    assert drawn.short == max(0, total - len(drawn.chosen))
    assert max(Counter(one.cluster for one in drawn.chosen).values(), default=0) <= most
    for place in (0, 1):
        templates = Counter(one.templates[place] for one in drawn.chosen if one.templates[place])
        assert max(templates.values(), default=0) <= most
    by_cluster: dict[str, set[str]] = {}
    for chosen in drawn.chosen:
        by_cluster.setdefault(chosen.cluster, set()).add(chosen.stratum)
    assert all(len(found) == 1 for found in by_cluster.values())


@given(CANDIDATES, WEIGHTS, st.integers(0, 40), st.randoms())
def test_the_same_seed_draws_the_same_in_any_order(
    candidates: list[Candidate], weights: dict[str, float], total: int, random: object
) -> None:
    quotas = Quotas(total, weights, seed=7)
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sample(candidates, quotas) == sample(shuffled, quotas)


def test_another_seed_draws_others() -> None:
    many = [one(str(n)) for n in range(60)]
    drawn = {seed: {c.key for c in sample(many, Quotas(10, {"a": 1}, seed=seed)).chosen} for seed in (1, 2)}
    assert drawn[1] != drawn[2]
    assert draw("x", 1) != draw("x", 2)


def test_every_cluster_gives_its_first_row_before_any_gives_its_second() -> None:
    many = [one(f"{cluster}{n}", cluster=cluster) for cluster in "pqr" for n in range(5)]
    chosen = sample(many, Quotas(4, {"a": 1}, per_cluster=5)).chosen
    assert sorted(Counter(c.cluster for c in chosen).values()) == [1, 1, 2]


def test_a_stratum_nobody_asked_for_gives_nothing() -> None:
    drawn = sample([one("1", "a"), one("2", "b")], Quotas(2, {"a": 1, "c": 1}))
    assert [(line.stratum, line.asked, line.given, line.why) for line in drawn.report] == [
        ("a", 1, 1, Why.MET),
        ("c", 1, 0, Why.NONE),
    ]
    assert [chosen.key for chosen in drawn.chosen] == ["1"]


def test_ten_thousand_of_one_template_give_as_many_as_the_cap() -> None:
    flood = [one(f"f{n}", template="same") for n in range(10_000)] + [one(f"o{n}") for n in range(5)]
    chosen = sample(flood, Quotas(100, {"a": 1}, per_template=3)).chosen
    assert len(chosen) == 8


def test_a_cell_has_one_name_whatever_is_unknown() -> None:
    assert stratum_name(("maths", "")) == "maths × unknown"
