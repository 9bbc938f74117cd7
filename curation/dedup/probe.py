"""Probe band keys for candidates, verify them by exact Jaccard, and keep what holds as edges: the audit trail of clusters.

A bucket is a band key with the texts that share it. In a crowded one nobody is compared with everybody: the texts that stand for
themselves are walked in canonical order, and each is verified against those that come to stand for others (`verify.lead`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from itertools import combinations

from django.db import connection, transaction

from curation.clusters import Document, Order
from curation.dedup.publish import BAND_COLUMNS
from curation.dedup.spec import current_spec
from curation.dedup.verify import Edge, lead, load_shingles, verified
from curation.models import SignatureSpec

BUCKET = 64
"""A bucket of more texts is crowded."""
BANDS = BAND_COLUMNS[1:]
BUCKETS = " UNION ALL ".join(
    f"""
    SELECT {number} AS band, own.key, near.ids FROM (SELECT DISTINCT {band} AS key FROM own) own
    CROSS JOIN LATERAL (
        SELECT array_agg(text_id) AS ids FROM (SELECT text_id FROM curation_band WHERE {band} = own.key LIMIT {BUCKET + 1}) met
        HAVING count(*) > 1
    ) near
    """
    for number, band in enumerate(BANDS)
)
RESTING = " UNION ALL ".join(
    f"""
    SELECT own.text_id AS one, near.text_id AS other FROM own
    CROSS JOIN LATERAL (SELECT text_id FROM curation_band_resting WHERE {band} = own.{band} LIMIT 1) near
    """
    for band in BANDS
)
CENTRES = f"""
    WITH own AS MATERIALIZED (SELECT * FROM curation_band WHERE text_id = ANY(%s)), met AS ({RESTING})
    SELECT DISTINCT met.one, place.centre_id FROM met
    CROSS JOIN LATERAL (SELECT centre_id FROM curation_starplace WHERE text_id = met.other LIMIT 1) place
    WHERE place.centre_id <> met.one
"""
"""Those that stand for resting texts with a band key in common."""
PROBE = f"WITH own AS MATERIALIZED (SELECT * FROM curation_band WHERE text_id = ANY(%s)) {BUCKETS}"
"""LATERAL with LIMIT: a plain join lets the planner scan the whole table (measured eleven times slower)."""


def probe(project_id: uuid.UUID, *, limit: int = 2000) -> int:
    """Probe up to `limit` published texts; how many were taken. Repeating after a crash finds the same edges."""
    with transaction.atomic():
        work = _take(project_id, limit)
        if not work:
            return 0
        spec = current_spec()
        own = {text_id for _, text_id in work}
        pairs, crowds = buckets(own)
        edges = [*verified(pairs, spec.threshold), *_led(crowds, spec)]
        alone = own.difference(*(edge[:2] for edge in edges))
        store_edges(spec, [*edges, *verified(centres_of_resting(alone), spec.threshold)])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE curation_clusterwork SET stage = 'merge' WHERE id = ANY(%s)",
                [[key for key, _ in work]],
            )
    return len(work)


def _take(project_id: uuid.UUID, limit: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, text_id FROM curation_clusterwork WHERE project_id = %s AND stage = 'probe' ORDER BY id LIMIT %s"
            " FOR UPDATE SKIP LOCKED",
            [project_id, limit],
        )
        return list(cursor.fetchall())


def buckets(own: set[int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Candidate pairs (low, high) with one of these texts in them, and the crowded buckets as (band, key)."""
    pairs: set[tuple[int, int]] = set()
    crowds: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(PROBE, [sorted(own)])
        met: set[tuple[int, ...]] = set()
        for band, key, ids in cursor.fetchall():
            if len(ids) > BUCKET:
                crowds.append((band, key))
            else:
                met.add(tuple(sorted(ids)))
    for together in met:
        pairs.update(pair for pair in combinations(together, 2) if pair[0] in own or pair[1] in own)
    return sorted(pairs), crowds


def centres_of_resting(own: set[int]) -> list[tuple[int, int]]:
    """Candidate pairs (low, high) of these texts with the centres of crowds they meet only through others at rest.

    A text just at the threshold shares no key with its centre once in some hundred times, but hardly ever none with its followers.
    """
    if not own:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CENTRES, [sorted(own)])
        return sorted({(min(pair), max(pair)) for pair in cursor.fetchall()})


def _led(crowds: Sequence[tuple[int, int]], spec: SignatureSpec) -> list[Edge]:
    """Edges within crowded buckets; their texts are marked, so that the merger knows that not all their edges are there."""
    met = [_standing(band, key) for band, key in crowds]
    if not met:
        return []
    order = {key: one for bucket in met for key, one in bucket.items()}
    _mark_crowded(order)
    sets = load_shingles(order)
    edges: dict[tuple[int, int], float] = {}
    for bucket in met:
        for low, high, likeness in lead(sorted(bucket, key=bucket.__getitem__), sets, spec.threshold):
            edges[low, high] = likeness
    return [(low, high, likeness) for (low, high), likeness in edges.items()]


def _standing(band: int, key: int) -> dict[int, Order]:
    """The texts of a bucket that no other one stands for, with their place in the canonical order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT t.id, t.eligible, t.shingle_count, t.exact, t.rank
            FROM (SELECT text_id FROM curation_band WHERE {BANDS[band]} = %s) met
            CROSS JOIN LATERAL (SELECT * FROM curation_distincttext WHERE id = met.text_id LIMIT 1) t
            WHERE NOT EXISTS (SELECT 1 FROM curation_starplace p WHERE p.text_id = met.text_id)
            """,
            [key],
        )
        return {row[0]: Document(row[1], row[2], bytes(row[3]), row[4]).order() for row in cursor.fetchall()}


def _mark_crowded(ids: Iterable[int]) -> None:
    """Locked in order first: two probes of one crowd wait for each other instead of deadlocking."""
    ordered = sorted(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM curation_distincttext WHERE id = ANY(%s) AND NOT crowded ORDER BY id FOR NO KEY UPDATE",
            [ordered],
        )
        cursor.execute(
            "UPDATE curation_distincttext SET crowded = true WHERE id = ANY(%s) AND NOT crowded", [ordered]
        )


def store_edges(spec: SignatureSpec, edges: Iterable[Edge]) -> None:
    """Keep verified edges; one already there stays as it was verified first."""
    ordered = sorted(edges)
    if not ordered:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_duplicateedge (low_id, high_id, spec_id, jaccard)"
            " SELECT low, high, %s, likeness FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]) AS e(low, high, likeness)"
            " ON CONFLICT (low_id, high_id) DO NOTHING",
            [spec.pk, *map(list, zip(*ordered, strict=True))],
        )
