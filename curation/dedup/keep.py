"""Who stands for a cluster, as a project chose: a number for every version, the greater the rather, a function of what is known of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping

from django.db import connection

from core.registry import registry
from curation.models import DeduplicationChoice, Keep

ANNOTATORS = "annotators"
"""The count that the annotation app registers: people who judged or repaired a version."""
Ranks = Mapping[uuid.UUID, float]
Policy = Callable[[uuid.UUID, Collection[uuid.UUID]], Ranks]


def choice_of(project_id: uuid.UUID) -> DeduplicationChoice:
    """What this project chose, or the default."""
    found = DeduplicationChoice.objects.filter(project_id=project_id).first()
    return found or DeduplicationChoice(project_id=project_id)


def ranks(keep: str, project_id: uuid.UUID, versions: Collection[uuid.UUID]) -> Ranks:
    """Version → rank under this policy; what is not in it has rank 0."""
    return POLICIES[Keep(keep)](project_id, versions) if versions else {}


def _longest(project_id: uuid.UUID, versions: Collection[uuid.UUID]) -> Ranks:
    """Length is part of the canonical order anyway."""
    return {}


def _newest(project_id: uuid.UUID, versions: Collection[uuid.UUID]) -> Ranks:
    """When it happened, in seconds."""
    return _read(
        "SELECT v.id, extract(epoch FROM t.occurred_at)::float8 FROM curation_conversationversion v"
        " JOIN curation_trace t ON t.id = v.trace_id WHERE v.id = ANY(%s)",
        versions,
    )


def _best_rated(project_id: uuid.UUID, versions: Collection[uuid.UUID]) -> Ranks:
    """Thumbs up less thumbs down that real people gave its trace."""
    return _read(
        "SELECT v.id, sum(f.rating)::float8 FROM curation_conversationversion v"
        " JOIN curation_feedback f ON f.trace_id = v.trace_id AND f.rating IS NOT NULL AND NOT f.simulated"
        " WHERE v.id = ANY(%s) GROUP BY v.id",
        versions,
    )


def _most_annotators(project_id: uuid.UUID, versions: Collection[uuid.UUID]) -> Ranks:
    """How many different people looked at it, as far as an app counts them."""
    return registry.count_of(ANNOTATORS, project_id, versions)


def _read(query: str, versions: Collection[uuid.UUID]) -> Ranks:
    with connection.cursor() as cursor:
        cursor.execute(query, [list(versions)])
        return dict(cursor.fetchall())


POLICIES: dict[Keep, Policy] = {
    Keep.LONGEST: _longest,
    Keep.NEWEST: _newest,
    Keep.BEST_RATED: _best_rated,
    Keep.MOST_ANNOTATORS: _most_annotators,
}
