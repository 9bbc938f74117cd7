"""The connected components of edges that news touched: what has to be clustered again, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from curation.clusters import Document

DUPLICATES = ("exact_duplicate", "near_duplicate")


@dataclass(frozen=True, slots=True)
class Member:
    """One signature in a component."""

    signature_id: int
    version_id: uuid.UUID
    exact: bytes
    shingle_count: int
    drop_reason: str
    occurred_at: datetime

    @property
    def eligible(self) -> bool:
        """Nothing but being a duplicate keeps it out."""
        return not self.drop_reason or self.drop_reason in DUPLICATES

    def order(self) -> tuple[bool, datetime, int]:
        """Among equal texts: what may be trained on first, then the oldest."""
        return (not self.eligible, self.occurred_at, self.signature_id)


@dataclass
class Component:
    """Members grouped by exact text, and the similarities between those texts."""

    groups: dict[bytes, list[Member]]
    edges: list[tuple[bytes, bytes, float]]

    def document(self, exact: bytes) -> Document:
        """What the canonical order knows of one text."""
        members = self.groups[exact]
        return Document(any(one.eligible for one in members), members[0].shingle_count, exact)

    def ordered(self) -> list[bytes]:
        """Texts in canonical order."""
        return sorted(self.groups, key=lambda exact: self.document(exact).order())


def touched(signature_ids: Iterable[int]) -> tuple[Component, set[int]]:
    """Everything reachable over edges from these signatures, and all ids met (superseded ones too)."""
    seen = set(signature_ids)
    frontier = list(seen)
    edges: dict[tuple[int, int], float] = {}
    while frontier:
        found = _edges_at(frontier)
        edges.update({(low, high): similarity for low, high, similarity in found})
        frontier = [key for low, high, _ in found for key in (low, high) if key not in seen]
        frontier = list(set(frontier))
        seen.update(frontier)
    members = _members(seen)
    groups: dict[bytes, list[Member]] = {}
    for member in members.values():
        groups.setdefault(member.exact, []).append(member)
    for own in groups.values():
        own.sort(key=Member.order)
    between = [
        (members[low].exact, members[high].exact, similarity)
        for (low, high), similarity in edges.items()
        if low in members and high in members and members[low].exact != members[high].exact
    ]
    return Component(groups, between), seen


def _edges_at(ids: list[int]) -> list[tuple[int, int, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT low_id, high_id, jaccard FROM curation_duplicateedge WHERE low_id = ANY(%s)"
            " UNION SELECT low_id, high_id, jaccard FROM curation_duplicateedge WHERE high_id = ANY(%s)",
            [ids, ids],
        )
        return list(cursor.fetchall())


def _members(ids: set[int]) -> dict[int, Member]:
    """Live members only: a superseded version stands for nothing any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT g.id, g.version_id, g.exact_hash, g.shingle_count, s.drop_reason, t.occurred_at
            FROM curation_signature g
            JOIN curation_curationstate s ON s.version_id = g.version_id
            JOIN curation_conversationversion v ON v.id = g.version_id
            JOIN curation_trace t ON t.id = v.trace_id
            WHERE g.id = ANY(%s) AND s.step <> 'superseded'
            """,
            [list(ids)],
        )
        return {
            row[0]: Member(row[0], row[1], bytes(row[2]), row[3], row[4], row[5]) for row in cursor.fetchall()
        }
