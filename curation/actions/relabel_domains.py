"""Give domains anew under the taxonomy in force, from the vectors that are kept; what a person said stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from accounts.models import Project
from core.locks import named_lock
from curation.actions.inherit_domains import inherit_domains
from curation.actions.taxonomy import current_taxonomy, taxonomy_version
from curation.domain_vectors import TOPIC, topic_vectors
from curation.models.conversation import CurationStep

BATCH = 1000
FIRST = uuid.UUID(int=0)
Progress = Callable[[int, int], None]


def relabel_domains(project: Project, *, on_progress: Progress = lambda *_: None) -> int:
    """Label every representative again, batch by batch, and let members inherit; how many domains changed.

    Domains that a person edits meanwhile are given from the beginning: nothing may be called by an earlier version's names.
    """
    changed, done, total, last = 0, 0, _count(project), FIRST
    found = current_taxonomy(project)
    while found is not None and (rows := _after(project, last)):
        version, taxonomy = found
        vectors = topic_vectors(project.pk, dict(rows))
        labels = taxonomy.label(vectors, [text for _, text in rows])
        with named_lock(f"stratify:{project.pk}"), transaction.atomic():
            held = taxonomy_version(project) == version
            if held:
                changed += _write(project, [key for key, _ in rows], labels, f"taxonomy v{version.number}")
        found = found if held else current_taxonomy(project)
        last, done = (rows[-1][0], done + len(rows)) if held else (FIRST, 0)
        on_progress(done, total)
    inherit_domains(project, CurationStep.DONE)
    return changed


def _count(project: Project) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM curation_curationstate WHERE project_id = %s AND is_representative AND step = 'done'",
            [project.pk],
        )
        return int(cursor.fetchone()[0])


def _after(project: Project, last: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.version_id, {TOPIC} FROM curation_curationstate s
            JOIN curation_conversationversion v ON v.id = s.version_id
            WHERE s.project_id = %s AND s.is_representative AND s.step = 'done' AND s.version_id > %s
            ORDER BY s.version_id LIMIT %s
            """,
            [project.pk, last, BATCH],
        )
        return list(cursor.fetchall())


def _write(project: Project, versions: list[uuid.UUID], labels: list[tuple[str, float]], source: str) -> int:
    """A revision where the product changes its mind, the new confidence everywhere it is the product's."""
    given: list[Any] = [versions, [name for name, _ in labels], [confidence for _, confidence in labels]]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_labelrevision (project_id, version_id, axis, number, value, confidence, source, evidence)
            SELECT %s, n.version, 'domain', coalesce(last.number, 0) + 1, n.value, n.confidence, %s, '{}'
            FROM unnest(%s::uuid[], %s::text[], %s::float8[]) AS n(version, value, confidence)
            LEFT JOIN LATERAL (SELECT number, value, author_id FROM curation_labelrevision
                WHERE version_id = n.version AND axis = 'domain' ORDER BY number DESC LIMIT 1) last ON true
            WHERE last.number IS NULL OR (last.author_id IS NULL AND last.value <> n.value)
            ON CONFLICT (version_id, axis, number) DO NOTHING
            """,
            [project.pk, source, *given],
        )
        changed = int(cursor.rowcount)
        cursor.execute(
            """
            UPDATE curation_curationstate s SET domain = n.value, domain_confidence = n.confidence, updated_at = now()
            FROM unnest(%s::uuid[], %s::text[], %s::float8[]) AS n(version, value, confidence)
            WHERE s.version_id = n.version AND NOT EXISTS (
                SELECT 1 FROM curation_labelrevision l WHERE l.version_id = n.version AND l.axis = 'domain'
                  AND l.author_id IS NOT NULL)
            """,
            given,
        )
    return changed
