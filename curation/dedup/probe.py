"""Probe band keys for candidates, verify them by exact Jaccard, and keep what holds as edges: the audit trail of clusters."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from core.text import jaccard
from curation.excerpts import WHOLE
from curation.minhash import DEFAULT_SPEC

BUCKET = 64
"""Most neighbours read per band key: the oldest ones, so that everyone in a hot bucket meets the same few."""
LOAD = 4000
Pair = tuple[int, int]


def probe(project_id: uuid.UUID, *, limit: int = 2000) -> int:
    """Probe up to `limit` published signatures; how many were taken. Repeating after a crash finds the same edges."""
    with transaction.atomic():
        ids = _take(project_id, limit)
        if not ids:
            return 0
        _store_edges(project_id, [*_twins(project_id, ids), *_verified(_candidates(ids))])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE curation_signature SET probed_at = now() WHERE id = ANY(%s) RETURNING version_id",
                [ids],
            )
            versions = [version_id for (version_id,) in cursor.fetchall()]
            cursor.execute(
                "UPDATE curation_curationstate SET step = 'probed', updated_at = now()"
                " WHERE version_id = ANY(%s) AND step = 'published'",
                [versions],
            )
    return len(ids)


def _take(project_id: uuid.UUID, limit: int) -> list[int]:
    """NO KEY: another worker's edges may point at these rows meanwhile; a full row lock deadlocked in a test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM curation_signature WHERE project_id = %s AND probed_at IS NULL ORDER BY id LIMIT %s"
            " FOR NO KEY UPDATE SKIP LOCKED",
            [project_id, limit],
        )
        return [key for (key,) in cursor.fetchall()]


def _twins(project_id: uuid.UUID, ids: list[int]) -> list[tuple[int, int, float]]:
    """An edge of similarity 1 from every exact twin to the first of its text."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT first.id, own.id FROM curation_signature own
            CROSS JOIN LATERAL (
                SELECT min(id) AS id FROM curation_signature
                WHERE project_id = own.project_id AND spec_id = own.spec_id AND view = own.view
                  AND exact_hash = own.exact_hash
            ) first
            WHERE own.project_id = %s AND own.id = ANY(%s) AND own.view = %s AND first.id <> own.id
            """,
            [project_id, ids, WHOLE],
        )
        return [(low, high, 1.0) for low, high in cursor.fetchall()]


def _candidates(ids: list[int]) -> set[Pair]:
    """LATERAL with LIMIT: a plain join lets the planner scan the whole table (measured eleven times slower)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT least(own.signature_id, near.signature_id), greatest(own.signature_id, near.signature_id)
            FROM curation_band own
            CROSS JOIN LATERAL (
                SELECT signature_id FROM curation_band
                WHERE key = own.key ORDER BY signature_id LIMIT %s
            ) near
            WHERE own.signature_id = ANY(%s) AND near.signature_id <> own.signature_id
            """,
            [BUCKET, ids],
        )
        return set(cursor.fetchall())


def _verified(pairs: set[Pair]) -> Iterable[tuple[int, int, float]]:
    """Pairs whose exact similarity reaches the threshold; those whose signatures disagree too much are not even read."""
    ordered = sorted(pairs)
    for start in range(0, len(ordered), LOAD):
        part = _plausible(ordered[start : start + LOAD])
        sets = _arrays({key for pair in part for key in pair}, "shingles", "<u8")
        for low, high in part:
            similarity = jaccard(sets[low], sets[high])
            if similarity >= DEFAULT_SPEC.threshold:
                yield low, high, similarity


def _plausible(pairs: list[Pair]) -> list[Pair]:
    """Signature agreement at least threshold minus four standard errors."""
    rows = _arrays({key for pair in pairs for key in pair}, "minhash", "<u4")
    t, count = DEFAULT_SPEC.threshold, DEFAULT_SPEC.permutations
    least = (t - 4 * math.sqrt(t * (1 - t) / count)) * count
    return [pair for pair in pairs if int((rows[pair[0]] == rows[pair[1]]).sum()) >= least]


def _arrays(ids: set[int], column: str, kind: str) -> dict[int, NDArray[np.uint64]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM curation_signature WHERE id = ANY(%s)", [list(ids)])
        return {key: np.frombuffer(bytes(value), dtype=kind) for key, value in cursor.fetchall()}


def _store_edges(project_id: uuid.UUID, edges: list[tuple[int, int, float]]) -> None:
    if not edges:
        return
    edges.sort()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_duplicateedge (project_id, low_id, high_id, jaccard)"
            " SELECT %s, low, high, similarity FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]) AS e(low, high, similarity)"
            " ON CONFLICT (low_id, high_id) DO NOTHING",
            [project_id, [one[0] for one in edges], [one[1] for one in edges], [one[2] for one in edges]],
        )
