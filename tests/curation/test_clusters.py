"""Star clusters: no chains, every member near its representative, the same for any order of arrival."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curation.clusters import Document, neighbours, stars

NODES = list(range(12))
EDGES = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES), st.floats(0.5, 1.0)).filter(
        lambda edge: edge[0] != edge[1]
    ),
    max_size=40,
    unique_by=lambda edge: frozenset(edge[:2]),
)


def test_a_chain_of_near_duplicates_is_not_one_cluster() -> None:
    edges = neighbours([("a", "b", 0.85), ("b", "c", 0.85), ("c", "d", 0.85)])
    assert stars("abcd", edges, 0.8) == {"a": ("a", 1.0), "b": ("a", 0.85), "c": ("c", 1.0), "d": ("c", 0.85)}


@given(EDGES)
def test_every_member_reaches_the_threshold_with_its_representative(
    edges: list[tuple[int, int, float]],
) -> None:
    near = neighbours(edges)
    for node, (centre, similarity) in stars(NODES, near, 0.8).items():
        assert node == centre or near[node][centre] == similarity >= 0.8


@given(EDGES, st.randoms())
def test_the_order_in_which_edges_arrive_changes_nothing(edges: list[tuple[int, int, float]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = [(b, a, j) if random.random() < 0.5 else (a, b, j) for a, b, j in edges]
    random.shuffle(shuffled)
    assert stars(NODES, neighbours(edges), 0.8) == stars(NODES, neighbours(shuffled), 0.8)


def test_exactly_the_threshold_is_a_duplicate() -> None:
    assert stars("ab", neighbours([("a", "b", 0.8)]), 0.8)["b"] == ("a", 0.8)


def test_what_may_not_be_trained_on_never_stands_for_what_may() -> None:
    denied, allowed = Document(False, 100, b"a"), Document(True, 10, b"b")
    assert sorted([denied, allowed], key=Document.order) == [allowed, denied]


def test_the_longest_form_stands_for_its_prefixes() -> None:
    assert Document(True, 30, b"b").order() < Document(True, 20, b"a").order()
