"""What may be trained on can change after a conversation was read: a permission that ends, or comes late, moves it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from accounts.models import Project
from core.resting import rested
from curation.dedup.forms import CONTINUED
from curation.dedup.members import DUPLICATES
from curation.training_use import DENIED_REASON, UNKNOWN_REASON, drop_reason
from curation.validators.policy import VALIDATORS

BATCH = 5000
STEP = "permitted"
COMES_AFTER = ["", CONTINUED, *DUPLICATES, *VALIDATORS]
"""What is asked only of conversations that may be trained on; every other reason stands before a missing permission."""
_MOVED = """
    SELECT s.version_id, s.drop_reason, t.training_use FROM curation_curationstate s
    JOIN curation_trace t ON t.current_id = s.version_id
    WHERE s.project_id = %(project)s AND s.step NOT IN ('pending', 'superseded')
      AND (s.drop_reason = ANY(%(after)s) AND t.training_use <> 'allowed'
        OR s.drop_reason = %(denied)s AND t.training_use <> 'denied'
        OR s.drop_reason = %(unknown)s AND t.training_use IN ('allowed', 'denied'))
    LIMIT %(limit)s
"""
Moved = Sequence[tuple[uuid.UUID, str, str]]


def follow_permissions(project: Project, *, limit: int = BATCH) -> int:
    """Let up to `limit` versions follow their permission; how many. They go back to the merger, and to the checks once allowed."""
    moved = rested(f"permissions:{project.pk}", lambda: _moved(project, limit), keep=lambda found: not found)
    if not moved:
        return 0
    with transaction.atomic():
        return _apply(project, moved)


def _moved(project: Project, limit: int) -> Moved:
    """Versions whose reason is not that of their permission; to find none, the database looks at them all."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVED,
            {
                "project": project.pk,
                "after": COMES_AFTER,
                "denied": DENIED_REASON,
                "unknown": UNKNOWN_REASON,
                "limit": limit,
            },
        )
        return list(cursor.fetchall())


def _apply(project: Project, moved: Moved) -> int:
    reasons = [drop_reason(use) for _, _, use in moved]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH changed AS (
                UPDATE curation_curationstate s SET drop_reason = n.reason, updated_at = now(),
                    checked_by_id = CASE WHEN n.reason = '' THEN NULL ELSE s.checked_by_id END,
                    step = CASE WHEN s.step = 'published' THEN s.step ELSE 'probed' END
                FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS n(version, before, reason)
                WHERE s.version_id = n.version AND s.drop_reason = n.before AND s.step NOT IN ('pending', 'superseded')
                RETURNING s.version_id, n.reason
            ), history AS (
                INSERT INTO curation_drop (project_id, version_id, step, reason, detail)
                SELECT %s, version_id, %s, reason, '{}' FROM changed WHERE reason <> ''
                ON CONFLICT (version_id, step, reason) DO NOTHING
            )
            SELECT count(*) FROM changed
            """,
            [
                [version for version, _, _ in moved],
                [before for _, before, _ in moved],
                reasons,
                project.pk,
                STEP,
            ],
        )
        return int(cursor.fetchone()[0])
