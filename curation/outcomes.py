"""What really happened after an answer: trouble or none. Only what real people and real users did counts.

Curation knows feedback, escalations and retries; apps above it add what they know by `add_source`.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection

from accounts.models import Project

Source = Callable[[Project], Iterable[tuple[uuid.UUID, bool]]]
RETRIED_WITHIN = "10 minutes"
_sources: dict[str, Source] = {}
_KNOWN = """
    SELECT v.id, 'feedback', f.rating = -1 FROM curation_feedback f
    JOIN curation_trace t ON t.id = f.trace_id JOIN curation_conversationversion v ON v.id = t.current_id
    WHERE f.project_id = %(project)s AND f.rating IS NOT NULL AND NOT f.simulated AND NOT t.simulated
    UNION ALL
    SELECT t.current_id, 'escalated', true FROM curation_trace t
    WHERE t.project_id = %(project)s AND t.escalated AND NOT t.simulated AND t.current_id IS NOT NULL
    UNION ALL
    SELECT v.id, 'retried', true FROM curation_trace t
    JOIN curation_conversationversion v ON v.id = t.current_id
    WHERE t.project_id = %(project)s AND NOT t.simulated AND t.user_key <> '' AND v.prompt_hash <> ''
      AND EXISTS (SELECT 1 FROM curation_conversationversion w JOIN curation_trace u ON u.current_id = w.id
                  WHERE w.project_id = t.project_id AND w.prompt_hash = v.prompt_hash AND u.id <> t.id
                    AND u.user_key = t.user_key AND u.occurred_at > t.occurred_at
                    AND u.occurred_at <= t.occurred_at + %(within)s::interval)
"""


@dataclass(slots=True)
class Outcomes:
    """Score and outcome of every version with one, and how many words each source said."""

    scores: list[float] = field(default_factory=list)
    trouble: list[bool] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)


def add_source(name: str, source: Source) -> None:
    """Let an app above say what it knows: (version, whether it was trouble)."""
    _sources[name] = source


def read_outcomes(project: Project) -> Outcomes:
    """Every measured version of which somebody said or did something; any trouble makes it trouble."""
    found = Outcomes()
    trouble: dict[uuid.UUID, bool] = {}
    for version_id, source, bad in _said(project):
        found.sources[source] += 1
        trouble[version_id] = trouble.get(version_id, False) or bad
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id, difficulty_score FROM curation_curationstate WHERE project_id = %s"
            " AND difficulty_score IS NOT NULL AND step <> 'superseded' AND version_id = ANY(%s) ORDER BY version_id",
            [project.pk, list(trouble)],
        )
        for version_id, score in cursor.fetchall():
            found.scores.append(score)
            found.trouble.append(trouble[version_id])
    return found


def _said(project: Project) -> Iterable[tuple[uuid.UUID, str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"project": project.pk, "within": RETRIED_WITHIN})
        yield from cursor.fetchall()
    for name, source in _sources.items():
        for version_id, bad in source(project):
            yield version_id, name, bad
