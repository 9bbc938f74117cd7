"""Ratings and judgments come after the clusters: who stands for one is asked again where the answer has changed."""

from __future__ import annotations

import uuid

from django.db import connection

from core.resting import rested
from curation.dedup.keep import Ranks, choice_of, ranks
from curation.dedup.members import Member, members_of
from curation.models import Keep

FOLLOWS_PEOPLE = (Keep.BEST_RATED, Keep.MOST_ANNOTATORS)
Placed = dict[int, tuple[float, uuid.UUID | None]]
"""Text → rank when it was placed, and who stands for it where it is a centre."""
AT_ONCE = 20_000
"""Texts looked at together: all are looked at, and memory stays bounded."""


def rerank(project_id: uuid.UUID) -> int:
    """Send texts back to the merger whose rank, or whose first version, is another than when they were placed; how many."""
    keep = choice_of(project_id).keep
    if keep not in FOLLOWS_PEOPLE:
        return 0
    found = rested(
        f"rerank:{project_id}:{keep}", lambda: _moved(project_id, keep), keep=lambda moved: not moved
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_clusterwork (project_id, text_id, stage, fresh)"
            " SELECT %s, unnest(%s::bigint[]), 'merge', false",
            [project_id, sorted(found)],
        )
    return len(found)


def _moved(project_id: uuid.UUID, keep: str) -> set[int]:
    moved: set[int] = set()
    last = 0
    while stored := _clustered(project_id, last):
        moved |= _differing(project_id, keep, stored)
        last = max(stored)
    return moved


def _differing(project_id: uuid.UUID, keep: str, stored: Placed) -> set[int]:
    """Those of these texts that have another rank now, or another first version."""
    members = members_of(stored)
    rank = ranks(keep, project_id, {one.version_id for one in members})
    by_text: dict[int, list[Member]] = {}
    for one in members:
        by_text.setdefault(one.text_id, []).append(one)
    return {text for text, own in by_text.items() if _differs(own, rank, *stored[text])}


def _differs(members: list[Member], rank: Ranks, placed: float, first: uuid.UUID | None) -> bool:
    """A text has the best rank of those that may be trained on; of equals that may not, the best rated stands all the same."""
    best = max((rank.get(one.version_id, 0.0) for one in members if one.eligible), default=0.0)
    return best != placed or (
        first is not None and min(members, key=lambda one: one.order(rank)).version_id != first
    )


def _clustered(project_id: uuid.UUID, last: int) -> Placed:
    """The next texts after `last` that are in a cluster; texts that wait anyway are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.id, t.rank, c.representative_id FROM (
                SELECT centre_id AS id FROM curation_cluster WHERE project_id = %s
                UNION
                SELECT p.text_id FROM curation_cluster c JOIN curation_starplace p ON p.centre_id = c.centre_id
                WHERE c.project_id = %s
            ) n
            JOIN curation_distincttext t ON t.id = n.id
            LEFT JOIN curation_cluster c ON c.centre_id = t.id
            WHERE t.id > %s AND NOT EXISTS (SELECT 1 FROM curation_clusterwork w WHERE w.text_id = t.id)
            ORDER BY t.id LIMIT %s
            """,
            [project_id, project_id, last, AT_ONCE],
        )
        return {text: (rank, first) for text, rank, first in cursor.fetchall()}
