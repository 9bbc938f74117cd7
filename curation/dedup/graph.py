"""The graph of texts and edges as `clusters.resettle` reads it from the database: by index, in bulk, and only what is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection

from curation.clusters import Document, Order
from curation.dedup.probe import store_edges
from curation.dedup.verify import Edge, lead, load_shingles
from curation.models import SignatureSpec


class StoredGraph:
    """Texts of one project and spec. `fresh` take part though no cluster knows them yet; others that wait do not."""

    def __init__(self, spec: SignatureSpec, fresh: Collection[int]) -> None:
        self._spec, self._fresh = spec, sorted(fresh)
        self.crowded: set[int] = set()

    def orders(self, nodes: Collection[int]) -> Mapping[int, Order]:
        """Canonical order of those that are in a cluster of their own or another's, or are fresh."""
        rows = _rows(
            """
            SELECT t.id, t.eligible, t.shingle_count, t.exact, t.rank, t.crowded
            FROM unnest(%s::bigint[]) AS n(id)
            CROSS JOIN LATERAL (SELECT * FROM curation_distincttext WHERE id = n.id LIMIT 1) t
            WHERE t.id = ANY(%s)
               OR NOT EXISTS (SELECT 1 FROM curation_clusterwork w WHERE w.text_id = t.id AND w.fresh)
            """,
            [sorted(nodes), self._fresh],
        )
        self.crowded.update(row[0] for row in rows if row[5])
        return {row[0]: Document(row[1], row[2], bytes(row[3]), row[4]).order() for row in rows}

    def near(self, nodes: Collection[int]) -> Iterable[Edge]:
        """Every edge at these texts."""
        ids = sorted(nodes)
        return _rows(
            """
            SELECT e.low_id, e.high_id, e.jaccard FROM unnest(%s::bigint[]) AS n(id)
            CROSS JOIN LATERAL (SELECT * FROM curation_duplicateedge WHERE low_id = n.id OFFSET 0) e
            UNION
            SELECT e.low_id, e.high_id, e.jaccard FROM unnest(%s::bigint[]) AS n(id)
            CROSS JOIN LATERAL (SELECT * FROM curation_duplicateedge WHERE high_id = n.id OFFSET 0) e
            """,
            [ids, ids],
        )

    def places(self, nodes: Collection[int]) -> Mapping[int, tuple[int, float]]:
        """Whom another text stands for."""
        rows = _rows(
            "SELECT p.text_id, p.centre_id, p.jaccard FROM unnest(%s::bigint[]) AS n(id)"
            " CROSS JOIN LATERAL (SELECT * FROM curation_starplace WHERE text_id = n.id LIMIT 1) p",
            [sorted(nodes)],
        )
        return {text: (centre, jaccard) for text, centre, jaccard in rows}

    def followers(self, centres: Collection[int]) -> Mapping[int, list[int]]:
        """Whom each of these texts stands for."""
        found: dict[int, list[int]] = {}
        rows = _rows(
            "SELECT p.centre_id, p.text_id FROM unnest(%s::bigint[]) AS n(id)"
            " CROSS JOIN LATERAL (SELECT * FROM curation_starplace WHERE centre_id = n.id OFFSET 0) p",
            [sorted(centres)],
        )
        for centre, text in rows:
            found.setdefault(centre, []).append(text)
        return found

    def regroup(
        self, unsure: Collection[int], heirs: Mapping[int, set[int]], order: Mapping[int, Order]
    ) -> Iterable[Edge]:
        """Verifies crowded texts that lost their centre against who took it and against one another, and keeps the edges.

        Of texts that are not crowded all edges are known.
        """
        lost = self.crowded.intersection(unsure)
        crowd = lost.union(*(heirs[text] for text in lost)) if lost else set()
        ordered = sorted(crowd & order.keys(), key=order.__getitem__)
        edges = list(lead(ordered, load_shingles(ordered), self._spec.threshold))
        store_edges(self._spec, edges)
        return edges


def _rows(query: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
