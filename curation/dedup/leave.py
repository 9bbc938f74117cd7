"""Texts that go: a superseded version, or one past its retention, leaves with its signatures, bands and edges, and its cluster closes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db import connection

from core.resting import rested
from curation.dedup.forms import remove_forms
from curation.models import SignatureSpec

Signed = tuple[uuid.UUID, int]


@dataclass(slots=True)
class Left:
    """Who left, and what that leaves behind."""

    versions: set[uuid.UUID] = field(default_factory=set)
    orphaned: set[int] = field(default_factory=set)
    """Texts whose centre is gone."""
    poorer: set[int] = field(default_factory=set)
    """Texts that lost a version and have others."""
    clusters: set[int] = field(default_factory=set)
    """Clusters that lost a member."""
    shorter: set[uuid.UUID] = field(default_factory=set)
    """Versions that one of them may have continued."""

    def __bool__(self) -> bool:
        return bool(self.versions)


def leave(project_id: uuid.UUID, spec: SignatureSpec, limit: int) -> Left:
    """Remove up to `limit` versions that stand for nothing any more; call as the merger, holding its lock."""
    leavers = rested(
        f"leavers:{project_id}:{spec.pk}",
        lambda: _leavers(project_id, spec, limit),
        keep=lambda found: not found,
    )
    if not leavers:
        return Left()
    return remove(leavers)


def remove(versions: list[uuid.UUID]) -> Left:
    """Remove all signatures of these versions, and texts nobody says any more with all that hangs on them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM curation_signature WHERE version_id = ANY(%s) RETURNING text_id", [versions]
        )
        texts = sorted({text for (text,) in cursor.fetchall()})
        cursor.execute(
            "SELECT id FROM curation_distincttext WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [texts]
        )
        cursor.execute(
            "SELECT n.id FROM unnest(%s::bigint[]) AS n(id)"
            " WHERE NOT EXISTS (SELECT 1 FROM curation_signature g WHERE g.text_id = n.id)",
            [texts],
        )
        unsaid = [text for (text,) in cursor.fetchall()]
        cursor.execute(
            "SELECT text_id FROM curation_starplace WHERE centre_id = ANY(%s) AND text_id <> ALL(%s)",
            [unsaid, unsaid],
        )
        orphaned = {text for (text,) in cursor.fetchall()}
    shrunk = _leave_clusters(versions, unsaid)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM curation_distincttext WHERE id = ANY(%s)", [unsaid])
    return Left(set(versions), orphaned, set(texts) - set(unsaid), shrunk, remove_forms(versions))


def _leavers(project_id: uuid.UUID, spec: SignatureSpec, limit: int) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT g.version_id FROM (
                SELECT version_id FROM curation_curationstate WHERE project_id = %s AND step = 'superseded'
                UNION ALL
                SELECT version_id FROM curation_curationstate WHERE project_id = %s AND drop_reason = 'body_retired'
            ) s
            JOIN curation_signature g ON g.version_id = s.version_id AND g.spec_id = %s LIMIT %s
            """,
            [project_id, project_id, spec.pk, limit],
        )
        return [version for (version,) in cursor.fetchall()]


def _leave_clusters(versions: list[uuid.UUID], unsaid: list[int]) -> set[int]:
    """Out of their clusters; one whose centre is gone is dissolved, its members come to stand elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (DELETE FROM curation_clustermember WHERE version_id = ANY(%s) RETURNING cluster_id)
            UPDATE curation_cluster c SET size = c.size - n.gone, updated_at = now()
            FROM (SELECT cluster_id, count(*) AS gone FROM gone GROUP BY cluster_id) n WHERE c.id = n.cluster_id
            RETURNING c.id
            """,
            [versions],
        )
        shrunk = {cluster for (cluster,) in cursor.fetchall()}
        cursor.execute("SELECT id FROM curation_cluster WHERE centre_id = ANY(%s)", [unsaid])
        dissolved = [cluster for (cluster,) in cursor.fetchall()]
        cursor.execute(
            "UPDATE curation_curationstate SET cluster_id = NULL, is_representative = false"
            " WHERE version_id = ANY(%s) OR cluster_id = ANY(%s)",
            [versions, dissolved],
        )
        cursor.execute("DELETE FROM curation_clustermember WHERE cluster_id = ANY(%s)", [dissolved])
        cursor.execute("DELETE FROM curation_cluster WHERE id = ANY(%s)", [dissolved])
    return shrunk - set(dissolved)
