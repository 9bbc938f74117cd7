"""Star clusters: every member is at least as similar to its representative as the threshold. No chains, whatever arrives when.

Connected components are the wrong definition for templated text: one missed or one extra bridge joins or splits giants.
A walk in canonical order makes the stars of a whole set (`stars`); `settle` keeps them as texts come, change and go, looking
only at those whose place can have changed.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

Node = TypeVar("Node", bound=Hashable)
Edges = Mapping[Node, Mapping[Node, float]]
Order = tuple[bool, float, int, bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """What decides the canonical order of one distinct text: eligible first, then by the keep policy, longest, by content."""

    eligible: bool
    shingle_count: int
    content: bytes
    rank: float = 0.0

    def order(self) -> Order:
        """Sort key. An ineligible text never captures an eligible one, and the longest form stands for its prefixes."""
        return (not self.eligible, -self.rank, -self.shingle_count, self.content)


def stars(ordered: Iterable[Node], edges: Edges[Node], threshold: float) -> dict[Node, tuple[Node, float]]:
    """node → (representative, similarity to it), walking `ordered`: a free node becomes a representative and takes its
    free neighbours at or above the threshold. A function of the set and the order only."""
    assigned: dict[Node, tuple[Node, float]] = {}
    for node in ordered:
        if node in assigned:
            continue
        assigned[node] = (node, 1.0)
        for neighbour, similarity in edges.get(node, {}).items():
            if similarity >= threshold and neighbour not in assigned:
                assigned[neighbour] = (node, similarity)
    return assigned


def neighbours(pairs: Iterable[tuple[Node, Node, float]]) -> dict[Node, dict[Node, float]]:
    """Edges of both directions from a list of (one, other, similarity)."""
    made: dict[Node, dict[Node, float]] = {}
    for one, other, similarity in pairs:
        made.setdefault(one, {})[other] = similarity
        made.setdefault(other, {})[one] = similarity
    return made


@dataclass(slots=True)
class Known(Generic[Node]):
    """What is loaded of a large graph: enough of it to say where `news` belong.

    `edges` of news and of everything in `complete` are all there are; `placed` maps a node to (centre, similarity), a centre to
    itself, and does not know news that were never placed; `followers` of a centre, where they are loaded.
    """

    order: dict[Node, Order] = field(default_factory=dict)
    edges: dict[Node, dict[Node, float]] = field(default_factory=dict)
    placed: dict[Node, tuple[Node, float]] = field(default_factory=dict)
    followers: dict[Node, list[Node]] = field(default_factory=dict)
    complete: set[Node] = field(default_factory=set)

    def join(self, pairs: Iterable[tuple[Node, Node, float]]) -> None:
        """Add edges, both ways."""
        for one, other, similarity in pairs:
            self.edges.setdefault(one, {})[other] = similarity
            self.edges.setdefault(other, {})[one] = similarity


class Graph(Protocol[Node]):
    """Where a large graph lies; each call reads all it is asked for at once."""

    def orders(self, nodes: Collection[Node]) -> Mapping[Node, Order]:
        """Canonical order of those of these nodes that take part."""

    def near(self, nodes: Collection[Node]) -> Iterable[tuple[Node, Node, float]]:
        """Every edge at these nodes."""

    def places(self, nodes: Collection[Node]) -> Mapping[Node, tuple[Node, float]]:
        """(centre, similarity) of those of these nodes that another one stands for."""

    def followers(self, centres: Collection[Node]) -> Mapping[Node, list[Node]]:
        """Those that each of these nodes stands for."""

    def regroup(
        self, unsure: Collection[Node], heirs: Mapping[Node, set[Node]], order: Mapping[Node, Order]
    ) -> Iterable[tuple[Node, Node, float]]:
        """Edges nobody looked for before, among nodes that lost their centre and with the heirs of each: who took it."""


def resettle(
    graph: Graph[Node],
    *,
    fresh: Collection[Node],
    changed: Collection[Node],
    orphaned: Collection[Node],
    threshold: float,
) -> tuple[dict[Node, tuple[Node, float]], Known[Node]]:
    """New places of all whose place changed, and what was read to find them.

    `fresh` had no place yet, `changed` have another order than before, and the centre of the `orphaned` is gone.
    """
    known: Known[Node] = Known()
    known.followers.update({node: [] for node in changed} | dict(graph.followers(changed)))
    left = {one for node in changed for one in known.followers[node]}
    news, unknown = {*fresh, *changed, *orphaned, *left}, set(fresh)
    _load(graph, known, news, unknown)
    asked: dict[Node, set[Node]] = {}
    lost = set(orphaned)
    while True:
        settled = settle([node for node in news if node in known.order], known, threshold)
        if settled.lacking:
            following = graph.followers(settled.lacking)
            known.followers.update({node: list(following.get(node, ())) for node in settled.lacking})
            _load(graph, known, {one for node in settled.lacking for one in known.followers[node]}, unknown)
            continue
        unsure = _left_alone(settled.places, known, lost) | _released(settled.places, known)
        heirs = {node: _heirs(node, known, settled.places) for node in unsure}
        if all(node in asked and found <= asked[node] for node, found in heirs.items()):
            break
        for node, found in heirs.items():
            asked.setdefault(node, set()).update(found)
        known.join(graph.regroup(unsure, heirs, known.order))
        news |= unsure
    places = {node: place for node, place in settled.places.items() if known.placed.get(node) != place}
    return places, known


def _load(graph: Graph[Node], known: Known[Node], nodes: Collection[Node], unknown: Collection[Node]) -> None:
    """Edges of these nodes, and order and place of everybody at the other end."""
    wanted = set(nodes) - known.complete
    pairs = list(graph.near(wanted)) if wanted else []
    met = {*wanted, *(one for pair in pairs for one in pair[:2])} - known.order.keys()
    places = graph.places(met)
    centres = {centre for centre, _ in places.values()} - met - known.order.keys()
    known.order.update(graph.orders(met | centres))
    for node in (met | centres) & known.order.keys():
        if node not in unknown:
            known.placed[node] = places.get(node, (node, 1.0))
    known.join(pair for pair in pairs if pair[0] in known.order and pair[1] in known.order)
    known.complete |= wanted


def _left_alone(
    places: Mapping[Node, tuple[Node, float]], known: Known[Node], lost: Collection[Node]
) -> set[Node]:
    """Centres that had an earlier neighbour to stand for them: it was taken itself, or it is gone."""
    return {
        node
        for node, (centre, _) in places.items()
        if centre == node
        and (
            node in lost or any(known.order[other] < known.order[node] for other in known.edges.get(node, ()))
        )
    }


def _released(places: Mapping[Node, tuple[Node, float]], known: Known[Node]) -> set[Node]:
    """Followers that stand elsewhere now. All at once: whoever takes them in for the moment may be taken itself."""
    return {
        node for node, place in places.items() if known.placed.get(node, (node,))[0] not in (node, place[0])
    }


def _heirs(node: Node, known: Known[Node], places: Mapping[Node, tuple[Node, float]]) -> set[Node]:
    """Who now stands for its neighbours."""
    near = known.edges.get(node, {})
    return {
        (places.get(other) or known.placed[other])[0]
        for other in near
        if other in places or other in known.placed
    }


@dataclass(slots=True)
class Settled(Generic[Node]):
    """Where nodes stand now; or, in `lacking`, centres whose followers have to be loaded before anybody can say."""

    places: dict[Node, tuple[Node, float]]
    lacking: set[Node]


def settle(news: Collection[Node], known: Known[Node], threshold: float) -> Settled[Node]:
    """The stars after `news` came or changed, equal to those of `stars` over everything.

    `news` are new nodes, nodes whose order changed together with the followers they had, and the followers of centres that
    are gone. What a node is depends on earlier nodes only, so a walk from the first of them on settles each at most once.
    """
    return _Walk(known, threshold).over(news)


class _Walk(Generic[Node]):
    def __init__(self, known: Known[Node], threshold: float) -> None:
        self._known, self._threshold = known, threshold
        self._now = dict(known.placed)
        self._waiting: list[tuple[Order, Node]] = []
        self._met: set[Node] = set()
        self._lacking: set[Node] = set()

    def over(self, news: Collection[Node]) -> Settled[Node]:
        known = self._known
        for node in news:
            self._now.pop(node, None)
            self._met.add(node)
        self._waiting = [(known.order[node], node) for node in news]
        heapq.heapify(self._waiting)
        done: dict[Node, tuple[Node, float]] = {}
        while self._waiting:
            _, node = heapq.heappop(self._waiting)
            done[node] = self._now[node] = self._place(node)
            self._tell_others(node, node in news)
        return Settled(done, self._lacking)

    def _place(self, node: Node) -> tuple[Node, float]:
        """The earliest centre among its neighbours, itself where there is none."""
        order = self._known.order
        best, similarity = node, 1.0
        for other, likeness in self._near(node).items():
            if order[other] < order[best] and likeness >= self._threshold and self._is_centre(other):
                best, similarity = other, likeness
        return best, similarity

    def _near(self, node: Node) -> dict[Node, float]:
        """Its known neighbours; an earlier centre that was never loaded as a neighbour is known from its place."""
        near = self._known.edges.get(node, {})
        centre, similarity = self._known.placed.get(node, (node, 1.0))
        return near if centre == node or centre in near else {**near, centre: similarity}

    def _is_centre(self, node: Node) -> bool:
        return node in self._now and self._now[node][0] == node

    def _tell_others(self, node: Node, is_new: bool) -> None:
        known, centre = self._known, self._now[node][0]
        before = known.placed.get(node, (None, 0.0))[0]
        if centre == node and (is_new or before != node):
            for other in known.edges.get(node, {}):
                if other in self._now and known.order[other] > known.order[node]:
                    self._wait(other)
        if before == node and centre != node:
            if node not in known.followers:
                self._lacking.add(node)
            for other in known.followers.get(node, ()):
                self._wait(other)

    def _wait(self, node: Node) -> None:
        if node not in self._met:
            self._met.add(node)
            heapq.heappush(self._waiting, (self._known.order[node], node))
