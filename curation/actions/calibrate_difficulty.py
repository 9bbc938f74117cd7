"""Calibrate difficulty on what really happened: a version of the asset every time, and new levels where it can be trusted."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import Project
from core import audit
from core.actors import Actor, system
from curation.actions.who import Who, allowed, person_of
from curation.calibration import LEAST, Cutoffs, calibrate
from curation.difficulty_levels import NAME, calibration_version, project_levels
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from curation.outcomes import read_outcomes
from curation.price_books import digest_of

GROWTH = 1.25
LOOKED_EVERY = 3600
"""Seconds between two looks at whether enough has happened since the last calibration."""


def calibrate_difficulty(*, project: Project, who: Who) -> AssetVersion:
    """The next version with figures, bins and cutoffs; where it says uncalibrated, the documented weights hold (again)."""
    actor = allowed(who, "curation.manage", project)
    outcomes = read_outcomes(project)
    found = calibrate(outcomes.scores, outcomes.trouble)
    body = {**found.as_data(), "sources": dict(sorted(outcomes.sources.items()))}
    for name in ("medium_from", "hard_from"):
        body[name] = None if body[name] == float("inf") else body[name]
    with transaction.atomic():
        Asset.objects.get_or_create(project=project, kind=AssetKind.DIFFICULTY, name=NAME)
        asset = Asset.objects.select_for_update().get(project=project, kind=AssetKind.DIFFICULTY, name=NAME)
        last = asset.versions.order_by("-number").first()
        version = AssetVersion.objects.create(
            project=project, asset=asset, number=(last.number if last else 0) + 1, sha256=digest_of(body), body=body,
            note=found.why or f"{found.outcomes} outcomes", created_by=person_of(who),
        )  # fmt: skip
        asset.current = version
        asset.save(update_fields=["current"])
        levels = project_levels(project.pk)
        changed = _relevel(project, levels.cutoffs, levels.source)
        audit.record(
            actor=actor, verb="difficulty.calibrate", subject=version, project_id=project.pk,
            data={"calibrated": found.calibrated, "outcomes": found.outcomes, "changed": changed},
        )  # fmt: skip
    return version


def calibrate_when_due(project: Project, actor: Actor | None = None) -> AssetVersion | None:
    """Once an hour: again when a quarter more has happened than the last calibration knew, or first when there is enough."""
    if not cache.add(f"calibration:{project.pk}", 1, LOOKED_EVERY):
        return None
    last = calibration_version(project.pk)
    known = int(last.body["outcomes"]) if last is not None else 0
    if len(read_outcomes(project).scores) < max(LEAST, known * GROWTH):
        return None
    return calibrate_difficulty(project=project, who=actor or system("curation"))


def _relevel(project: Project, cutoffs: Cutoffs, source: str) -> int:
    """New levels from the stored scores, with a revision each; what a person said stays. How many changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH changed AS (
                UPDATE curation_curationstate s SET difficulty = n.level, updated_at = now()
                FROM (SELECT version_id, CASE WHEN difficulty_score >= %(hard)s THEN 'hard'
                                              WHEN difficulty_score >= %(medium)s THEN 'medium' ELSE 'easy' END AS level
                      FROM curation_curationstate WHERE project_id = %(project)s AND difficulty_score IS NOT NULL) n
                WHERE s.version_id = n.version_id AND s.difficulty <> n.level AND NOT EXISTS (
                    SELECT 1 FROM curation_labelrevision l WHERE l.version_id = s.version_id AND l.axis = 'difficulty'
                      AND l.author_id IS NOT NULL)
                RETURNING s.version_id, n.level, s.is_representative, s.step)
            INSERT INTO curation_labelrevision (project_id, version_id, axis, number, value, source, evidence)
            SELECT %(project)s, c.version_id, 'difficulty', coalesce(last.number, 0) + 1, c.level, %(source)s, '{}'
            FROM changed c LEFT JOIN LATERAL (SELECT number FROM curation_labelrevision
                WHERE version_id = c.version_id AND axis = 'difficulty' ORDER BY number DESC LIMIT 1) last ON true
            WHERE c.is_representative AND c.step = 'done'
            ON CONFLICT (version_id, axis, number) DO NOTHING
            """,
            {"project": project.pk, "medium": cutoffs.medium, "hard": cutoffs.hard, "source": source},
        )
        return int(cursor.rowcount)
