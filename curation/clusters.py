"""Star clusters: every member is at least as similar to its representative as the threshold. No chains, whatever arrives when.

Connected components are the wrong definition for templated text: one missed or one extra bridge joins or splits giants.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)
Edges = Mapping[Node, Mapping[Node, float]]


@dataclass(frozen=True, slots=True)
class Document:
    """What decides the canonical order of one distinct text: eligible first, then longest, then by content."""

    eligible: bool
    shingle_count: int
    content: bytes

    def order(self) -> tuple[bool, int, bytes]:
        """Sort key. An ineligible text never captures an eligible one, and the longest form stands for its prefixes."""
        return (not self.eligible, -self.shingle_count, self.content)


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
