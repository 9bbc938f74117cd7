"""Star clusters: no chains, every member near its representative, the same for any order of arrival."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from hypothesis import given
from hypothesis import strategies as st

from curation.clusters import Document, Order, neighbours, resettle, stars

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


class Stored:
    """A graph that is changed step by step, read only through what `resettle` asks for."""

    def __init__(self) -> None:
        self.order: dict[int, Order] = {}
        self.edges: list[tuple[int, int, float]] = []
        self.place: dict[int, tuple[int, float]] = {}

    def orders(self, nodes: Collection[int]) -> Mapping[int, Order]:
        return {node: self.order[node] for node in nodes if node in self.order}

    def near(self, nodes: Collection[int]) -> Iterable[tuple[int, int, float]]:
        return [edge for edge in self.edges if {edge[0], edge[1]} & set(nodes)]

    def places(self, nodes: Collection[int]) -> Mapping[int, tuple[int, float]]:
        return {node: self.place[node] for node in nodes if node in self.place}

    def followers(self, centres: Collection[int]) -> Mapping[int, list[int]]:
        return {centre: [one for one, (of, _) in self.place.items() if of == centre] for centre in centres}

    def regroup(
        self, unsure: Collection[int], heirs: Mapping[int, set[int]], order: Mapping[int, Order]
    ) -> Iterable[tuple[int, int, float]]:
        return []

    def apply(self, fresh: Collection[int], changed: Collection[int], orphaned: Collection[int]) -> None:
        places, _ = resettle(self, fresh=fresh, changed=changed, orphaned=orphaned, threshold=0.8)
        for node, (centre, similarity) in places.items():
            self.place.pop(node, None)
            if centre != node:
                self.place[node] = (centre, similarity)

    def whole(self) -> dict[int, tuple[int, float]]:
        near = neighbours(edge for edge in self.edges if edge[0] in self.order and edge[1] in self.order)
        return stars(sorted(self.order, key=self.order.__getitem__), near, 0.8)

    def kept(self) -> dict[int, tuple[int, float]]:
        return {node: self.place.get(node, (node, 1.0)) for node in self.order}


STEPS = st.lists(
    st.tuples(st.sampled_from(NODES), st.integers(0, 40), st.booleans()), min_size=1, max_size=40
)


@given(EDGES, STEPS, st.integers(1, 5))
def test_stars_kept_step_by_step_are_those_of_the_whole(
    edges: list[tuple[int, int, float]], steps: list[tuple[int, int, bool]], together: int
) -> None:
    graph = Stored()
    graph.edges = edges
    for start in range(0, len(steps), together):
        fresh, changed, orphaned = set(), set(), set()
        for node, rank, goes in steps[start : start + together]:
            if node in fresh | changed | orphaned:
                continue
            if node not in graph.order:
                graph.order[node] = (False, 0.0, -rank, bytes([node]))
                fresh.add(node)
            elif goes:
                orphaned |= {one for one in graph.followers([node])[node] if one not in changed}
                del graph.order[node]
                graph.place = {
                    one: place for one, place in graph.place.items() if one != node and place[0] != node
                }
            else:
                graph.order[node] = (False, 0.0, -rank, bytes([node]))
                changed.add(node)
        graph.apply(fresh, changed, orphaned & graph.order.keys())
        assert graph.kept() == graph.whole()
