"""Screen again what was screened against an older quarantine version, a batch at a time, in the background."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from accounts.models import Project
from core.resting import rested
from curation.actions.apart import apart
from curation.actions.quarantine import renew_matcher
from curation.actions.read_versions import readings_of, retire
from curation.actions.screening import Screener, current_quarantine, store_screenings
from curation.bodies import load_many
from curation.checks import project_checks
from curation.models import AssetVersion, ConversationVersion
from curation.steps import QUARANTINED, STEPS, UNREADABLE, Drop, screened, through, validated

BATCH = 1000


def stale_count(project: Project) -> int:
    """How many live versions wait for a screening against the current quarantine."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({_STALE}) stale", [project.pk, current_quarantine(project).pk, 10_000]
        )
        return int(cursor.fetchone()[0])


_STALE = """
    SELECT v.id FROM curation_curationstate s
    JOIN curation_conversationversion v ON v.id = s.version_id
    WHERE s.project_id = %s AND s.step NOT IN ('pending', 'superseded') AND s.drop_reason NOT IN ('body_retired', 'unreadable')
      AND NOT EXISTS (SELECT 1 FROM curation_screening c WHERE c.project_id = s.project_id
                      AND c.content_hash = v.content_hash AND c.quarantine_id = %s)
    LIMIT %s
"""


def rescreen(project: Project, *, limit: int = BATCH) -> int:
    """Screen up to `limit` stale versions; how many were taken. A changed verdict sends the version back to the merger."""
    quarantine = renew_matcher(project)
    key = f"stale:{project.pk}:{quarantine.pk}"
    ids = rested(key, lambda: _stale(project, quarantine.pk, limit), keep=lambda found: not found)
    if ids:
        screen_versions(quarantine, ids)
    return len(ids)


def screen_versions(quarantine: AssetVersion, ids: Sequence[uuid.UUID]) -> None:
    """Screen these versions, keep the proof, and let their states follow, in one transaction."""
    project_id = quarantine.project_id
    versions = list(ConversationVersion.objects.select_related("trace").filter(pk__in=ids))
    bodies = load_many(versions)
    readings, unreadable = readings_of(versions, bodies)
    screener = Screener(quarantine, [one.content_hash for one in readings])
    steps = [screened(screener.look), *STEPS, validated(project_checks(quarantine.project).policy)]
    outcomes, broken = apart(readings, lambda some: list(through(some, steps)))
    reasons = {one.reading.version_id: one.reason if isinstance(one, Drop) else "" for one in outcomes}
    with transaction.atomic():
        store_screenings(
            screener, [(one.content_hash, one.version_id, one.verdict) for one in readings if one.verdict]
        )
        _apply(reasons)
        _record_hits(project_id, [key for key, reason in reasons.items() if reason == QUARANTINED])
        retire(project_id, [one.pk for one in versions if one.pk not in bodies])
        retire(project_id, [*unreadable, *broken], reason=UNREADABLE)


def _stale(project: Project, quarantine_id: int, limit: int) -> list[uuid.UUID]:
    """Versions without a screening against this quarantine; to find none, the database looks at them all."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [project.pk, quarantine_id, limit])
        return [key for (key,) in cursor.fetchall()]


def _apply(reasons: dict[uuid.UUID, str]) -> None:
    """Where the verdict changed, the version goes back to the merger with what now keeps it out, if anything does."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET updated_at = now(), drop_reason = n.reason,
                step = CASE WHEN s.step = 'published' THEN s.step ELSE 'probed' END
            FROM unnest(%s::uuid[], %s::text[]) AS n(version, reason)
            WHERE s.version_id = n.version AND s.step NOT IN ('pending', 'superseded')
              AND (s.drop_reason = %s) <> (n.reason = %s)
            """,
            [list(reasons), list(reasons.values()), QUARANTINED, QUARANTINED],
        )


def _record_hits(project_id: uuid.UUID, version_ids: list[uuid.UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_drop (project_id, version_id, step, reason, detail)"
            " SELECT %s, unnest(%s::uuid[]), 'screened', %s, '{}' ON CONFLICT DO NOTHING",
            [project_id, version_ids, QUARANTINED],
        )
