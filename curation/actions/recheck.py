"""Validate and measure again what was read under an older choice of checks, a batch at a time, in the background."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from accounts.models import Project
from core.resting import rested
from curation.actions.drops import record_drops
from curation.bodies import load_many
from curation.checks import Checks, project_checks, store_flags
from curation.dedup.members import DUPLICATES
from curation.difficulty import features, score
from curation.models import ConversationVersion
from curation.steps import Drop, Reading, through, validated
from curation.template_keys import template_key, templates_of
from curation.validators.policy import VALIDATORS

BATCH = 500
_STALE = """
    SELECT s.version_id FROM curation_curationstate s
    WHERE s.project_id = %s AND s.checked_by_id IS DISTINCT FROM %s AND s.step NOT IN ('pending', 'superseded')
      AND s.drop_reason NOT IN ('body_retired', 'unreadable')
    LIMIT %s
"""


def stale_count(project: Project) -> int:
    """How many live versions wait for the checks in force; counted to 10,000."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({_STALE}) stale", [project.pk, project_checks(project).version_id, 10_000]
        )
        return int(cursor.fetchone()[0])


def recheck(project: Project, *, limit: int = BATCH) -> int:
    """Check up to `limit` versions under the choice in force; how many. A changed outcome goes back to the merger."""
    checks = project_checks(project)
    key = f"unchecked:{project.pk}:{checks.version_id}"
    ids = rested(key, lambda: _stale(project, checks, limit), keep=lambda found: not found)
    if not ids:
        return 0
    versions = list(ConversationVersion.objects.select_related("trace").filter(pk__in=ids))
    bodies = load_many(versions)
    readings = [
        Reading(one.pk, one.content_hash, one.trace.training_use, bodies[one.pk].conversation)
        for one in versions
        if one.pk in bodies
    ]
    drops = [one for one in through(readings, [validated(checks.policy)]) if isinstance(one, Drop)]
    with transaction.atomic():
        store_flags(project.pk, checks, readings)
        _apply(readings, drops)
        _measure(project, readings)
        record_drops(project.pk, drops)
        _done(ids, checks)
    return len(ids)


def _stale(project: Project, checks: Checks, limit: int) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [project.pk, checks.version_id, limit])
        return [key for (key,) in cursor.fetchall()]


def _apply(readings: Sequence[Reading], drops: Sequence[Drop]) -> None:
    """Only what a validator left out, or what was kept or a twin, changes: the reasons before them stand."""
    reasons = {drop.reading.version_id: drop.reason for drop in drops}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET drop_reason = n.reason, updated_at = now(),
                step = CASE WHEN s.step IN ('clustered', 'stratified', 'done') THEN 'probed' ELSE s.step END
            FROM unnest(%s::uuid[], %s::text[]) AS n(version, reason)
            WHERE s.version_id = n.version AND s.drop_reason <> n.reason
              AND (s.drop_reason = ANY(%s) OR (n.reason <> '' AND s.drop_reason = ANY(%s)))
            """,
            [
                [one.version_id for one in readings],
                [reasons.get(one.version_id, "") for one in readings],
                list(VALIDATORS),
                ["", *DUPLICATES],
            ],
        )


def _measure(project: Project, readings: Sequence[Reading]) -> None:
    """Score and templates, which what was read by an earlier release lacks."""
    key = template_key(project.pk)
    templates = [templates_of(one.conversation, key) for one in readings]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET difficulty_score = n.score, question_template = n.question,
                answer_template = n.answer
            FROM unnest(%s::uuid[], %s::float8[], %s::text[], %s::text[]) AS n(version, score, question, answer)
            WHERE s.version_id = n.version
            """,
            [
                [one.version_id for one in readings],
                [score(features(one.conversation)) for one in readings],
                [one.question for one in templates],
                [one.answer for one in templates],
            ],
        )


def _done(ids: Sequence[uuid.UUID], checks: Checks) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE curation_curationstate SET checked_by_id = %s WHERE version_id = ANY(%s)",
            [checks.version_id, list(ids)],
        )
