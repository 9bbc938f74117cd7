"""Give representatives their stratum: domain by the embedding of what was asked, the rest from reading."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import Project
from core import embedding
from core.locks import named_lock
from curation.actions.inherit_domains import inherit_domains
from curation.actions.taxonomy import current_taxonomy, fit_taxonomy, shaped_by_people
from curation.difficulty_levels import project_levels
from curation.domain_vectors import TOPIC, topic_vectors
from curation.models import AssetVersion, CurationState
from curation.models.conversation import CurationStep
from curation.strata import UNASSIGNED, Taxonomy

BATCH = 1000
FIT_BATCH = 4000
GROWTH = 4
STEADY_FROM = 1000
"""Domains found in fewer representatives than this are found anew when there are `GROWTH` times as many."""
FIT_FROM = 60
"""Fewer representatives than this are not enough to find domains in; they wait as `unassigned`."""

Found = tuple[AssetVersion, Taxonomy]


@dataclass(frozen=True, slots=True)
class _Waiting:
    version_id: uuid.UUID
    topic: str
    difficulty: str
    kind: str
    language: str


def stratify(project: Project, *, limit: int = BATCH) -> int:
    """Label up to `limit` clustered representatives and let members inherit the domain; how many were taken.

    One at a time per project: two would embed the same texts, and find domains twice.
    """
    with named_lock(f"stratify:{project.pk}"):
        found = current_taxonomy(project) if embedding.available() else None
        if embedding.available():
            found = _again_where_needed(project, found)
        waiting = _waiting(project, limit if found else FIT_BATCH)
        if not waiting:
            return inherit_domains(project, CurationStep.CLUSTERED)
        domains, source = _domains(project, waiting, found)
        with transaction.atomic():
            _label(project.pk, waiting, domains, source)
            _conclude(waiting, domains)
        return len(waiting) + inherit_domains(project, CurationStep.CLUSTERED)


def _waiting(project: Project, limit: int) -> list[_Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.version_id, {TOPIC}, s.difficulty, s.kind, s.language
            FROM curation_curationstate s JOIN curation_conversationversion v ON v.id = s.version_id
            WHERE s.project_id = %s AND s.step = 'clustered' AND s.is_representative ORDER BY s.version_id LIMIT %s
            """,
            [project.pk, limit],
        )
        return [_Waiting(*row) for row in cursor.fetchall()]


def _domains(
    project: Project, waiting: Sequence[_Waiting], found: Found | None
) -> tuple[list[tuple[str, float | None]], str]:
    """(domain, confidence) per representative and what said so; `unassigned` where nothing could say it, never a guess."""
    nothing: list[tuple[str, float | None]] = [(UNASSIGNED, None)] * len(waiting)
    if not embedding.available():
        return nothing, "embed extra not installed"
    if found is None and len(waiting) < FIT_FROM:
        return nothing, "too few to find domains in"
    texts = [one.topic for one in waiting]
    vectors = topic_vectors(
        project.pk, {one.version_id: text for one, text in zip(waiting, texts, strict=True)}
    )
    if found is None:
        found = fit_taxonomy(project=project, texts=texts, vectors=vectors)
    version, taxonomy = found
    return [(name, score) for name, score in taxonomy.label(vectors, texts)], f"taxonomy v{version.number}"


def _label(
    project_id: uuid.UUID,
    waiting: Sequence[_Waiting],
    domains: Sequence[tuple[str, float | None]],
    source: str,
) -> None:
    """Append one revision per axis; a person's revision is never overtaken by the product's."""
    levels = project_levels(project_id)
    rows: list[tuple[uuid.UUID, str, str, float | None, str]] = []
    for one, (domain, score) in zip(waiting, domains, strict=True):
        rows += [
            (one.version_id, "domain", domain, score, source),
            (one.version_id, "difficulty", one.difficulty, None, levels.source),
            (one.version_id, "kind", one.kind, None, "kinds-1"),
            (one.version_id, "language", one.language, None, "languages-1"),
        ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_labelrevision (project_id, version_id, axis, number, value, confidence, source, evidence)
            SELECT %s, n.version, n.axis, coalesce(last.number, 0) + 1, n.value, n.confidence, n.source, '{}'
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::float8[], %s::text[])
                AS n(version, axis, value, confidence, source)
            LEFT JOIN LATERAL (
                SELECT number, value, author_id FROM curation_labelrevision
                WHERE version_id = n.version AND axis = n.axis ORDER BY number DESC LIMIT 1
            ) last ON true
            WHERE last.number IS NULL OR (last.author_id IS NULL AND last.value <> n.value)
            ON CONFLICT (version_id, axis, number) DO NOTHING
            """,
            [project_id, *map(list, zip(*rows, strict=True))],
        )


def _conclude(waiting: Sequence[_Waiting], domains: Sequence[tuple[str, float | None]]) -> None:
    """Project the newest revision of each axis onto the state."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET step = 'done', updated_at = now(), domain = coalesce(l.value, n.domain),
                domain_confidence = CASE WHEN l.author_id IS NULL THEN n.confidence END
            FROM unnest(%s::uuid[], %s::text[], %s::float8[]) AS n(version, domain, confidence)
            LEFT JOIN LATERAL (
                SELECT value, author_id FROM curation_labelrevision WHERE version_id = n.version AND axis = 'domain'
                ORDER BY number DESC LIMIT 1) l ON true
            WHERE s.version_id = n.version AND s.step = 'clustered'
            """,
            [
                [one.version_id for one in waiting],
                [domain for domain, _ in domains],
                [confidence for _, confidence in domains],
            ],
        )


def _again_where_needed(project: Project, found: Found | None) -> Found | None:
    """Send round again what could not be placed before, or everything, once the data has outgrown the domains found in it."""
    kept = CurationState.objects.filter(project=project, step=CurationStep.DONE)
    representatives = kept.filter(is_representative=True)
    if found is None:
        if representatives.filter(domain=UNASSIGNED).count() >= FIT_FROM:
            kept.filter(domain=UNASSIGNED).update(step=CurationStep.CLUSTERED)
        return None
    size = int(found[0].body.get("found_in", 0))
    if size < STEADY_FROM and representatives.count() >= GROWTH * size and not shaped_by_people(found[0]):
        kept.update(step=CurationStep.CLUSTERED)
        return None
    kept.filter(domain=UNASSIGNED).update(step=CurationStep.CLUSTERED)
    return found
