"""What decides a text's place in the canonical order and can change: whether it may stand for others, and its rank."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import connection

from curation.dedup.keep import ranks
from curation.models import DeduplicationChoice, Keep

ELIGIBLE = "s.step <> 'superseded' AND s.drop_reason IN ('', 'exact_duplicate', 'near_duplicate')"
"""Nothing but being a duplicate keeps it out."""


def renew(project_id: uuid.UUID, choice: DeduplicationChoice, texts: Collection[int]) -> set[int]:
    """Bring these texts' standing up to date; those whose standing changed."""
    ids = sorted(texts)
    rank = _ranks(project_id, choice, ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE curation_distincttext t SET eligible = n.eligible, rank = n.rank
            FROM (
                SELECT o.id, o.rank, EXISTS (
                    SELECT 1 FROM curation_signature g JOIN curation_curationstate s ON s.version_id = g.version_id
                    WHERE g.text_id = o.id AND {ELIGIBLE}
                ) AS eligible
                FROM unnest(%s::bigint[], %s::float8[]) AS o(id, rank)
            ) n
            WHERE t.id = n.id AND (t.eligible, t.rank) <> (n.eligible, n.rank)
            RETURNING t.id
            """,
            [ids, [rank.get(text, 0.0) for text in ids]],
        )
        return {text for (text,) in cursor.fetchall()}


def _ranks(project_id: uuid.UUID, choice: DeduplicationChoice, ids: list[int]) -> dict[int, float]:
    """The best rank among the versions of a text that may stand for it."""
    if choice.keep == Keep.LONGEST or not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT g.text_id, g.version_id FROM curation_signature g JOIN curation_curationstate s"
            f" ON s.version_id = g.version_id WHERE g.text_id = ANY(%s) AND {ELIGIBLE}",
            [ids],
        )
        rows = cursor.fetchall()
    rank = ranks(choice.keep, project_id, {version for _, version in rows})
    best: dict[int, float] = {}
    for text, version in rows:
        best[text] = max(best.get(text, float("-inf")), rank.get(version, 0.0))
    return best
