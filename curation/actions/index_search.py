"""Make conversations findable: words into the search index and what is counted in them, a batch at a time.

Pulled by state: a version whose `search_spec` is behind is due, so that what was stored before the index was there, or
was indexed in an older form, comes by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from django.db import connection, transaction

from accounts.models import Project
from core.roles import ingest_role
from curation.bodies import Stored, load_many
from curation.conversation import Conversation
from curation.excerpts import LONGEST_RESULT, segments
from curation.health.measure import Measure, measure
from curation.ingest.store import ensure_days
from curation.models import ConversationVersion, DroppedDay
from curation.search.words import Vector

BATCH = 500
SPEC = 1
"""The form of the index and of the measures; a higher one makes everything due."""
WEIGHTS = {"user": "A", "assistant": "B", "tool": "C"}
TOOL_PARTS = {"tool_call", "tool_result", "code_execution", "retrieval"}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A current version to index."""

    version_id: uuid.UUID
    trace_id: uuid.UUID
    day: date
    at: datetime
    language: str


@dataclass(frozen=True, slots=True)
class _Read:
    due: Due
    words: str
    counted: Measure


def marker(project_id: uuid.UUID) -> str:
    """The lexeme that stands in every row of a project, so that the index itself keeps projects apart."""
    return f"p={project_id.hex}"


def index_search(project: Project, *, limit: int = BATCH) -> int:
    """Index up to `limit` due versions that nobody else holds; how many were taken."""
    with transaction.atomic():
        taken = _take(project.pk, limit)
        if not taken:
            return 0
        read = _read(project.pk, taken)
        _measure(project.pk, read)
        _write(project.pk, read)
        _done(project.pk, taken)
    return len(taken)


def _take(project_id: uuid.UUID, limit: int) -> list[Due]:
    """The heads are held against a new version that settles meanwhile; a delivery that holds one first goes before us."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.current_id, t.id, t.day, t.occurred_at, s.language
            FROM curation_curationstate s JOIN curation_trace t ON t.current_id = s.version_id
            WHERE s.project_id = %s AND s.search_spec < %s AND s.step NOT IN ('pending', 'superseded')
            LIMIT %s FOR SHARE OF t SKIP LOCKED FOR NO KEY UPDATE OF s SKIP LOCKED
            """,
            [project_id, SPEC, limit],
        )
        return [Due(*row) for row in cursor.fetchall()]


def _read(project_id: uuid.UUID, taken: Sequence[Due]) -> list[_Read]:
    """What has a body; one that cannot be read is logged and left unfound, the others go on."""
    by_id = {one.version_id: one for one in taken}
    bodies = load_many(ConversationVersion.objects.filter(pk__in=by_id).only("pk", "day"))
    found = []
    for version_id, stored in bodies.items():
        due = by_id[version_id]
        try:
            found.append(
                _Read(
                    due, literal(stored, due.language, project_id), measure(stored.conversation, due.language)
                )
            )
        except Exception as error:
            log.error("search.unreadable", version_id=str(version_id), error=type(error).__name__)
    return found


def literal(stored: Stored, language: str, project_id: uuid.UUID) -> str:
    """The tsvector of a conversation: what was asked is A, answers B, tools and passages C; system prompts are left out."""
    vector = Vector(language, [marker(project_id)])
    for text, weight in _weighted(stored.conversation):
        vector.add(text.encode("utf-8", "replace").decode(), weight)
    return vector.literal


def _weighted(conversation: Conversation) -> list[tuple[str, str]]:
    messages = conversation["messages"]
    return [
        (one.text, "C" if messages[one.message]["parts"][one.part].get("type") in TOOL_PARTS
         else WEIGHTS.get(messages[one.message]["role"], "D"))
        for one in segments(conversation, system=False, longest=LONGEST_RESULT)
    ]  # fmt: skip


def _write(project_id: uuid.UUID, read: Sequence[_Read]) -> None:
    """Rows of days that are still there; a pinned body whose day is gone is kept, and no longer found."""
    gone = set(DroppedDay.objects.filter(day__in={one.due.day for one in read}).values_list("day", flat=True))
    kept = [one for one in read if one.due.day not in gone]
    ensure_days(one.due.day for one in kept)
    with ingest_role(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM curation_searchrow s USING unnest(%s::date[], %s::uuid[]) AS n(day, trace)"
            " WHERE s.day = n.day AND s.trace_id = n.trace",
            [[one.due.day for one in kept], [one.due.trace_id for one in kept]],
        )
        cursor.execute(
            """
            INSERT INTO curation_searchrow (day, version_id, trace_id, project_id, at, language, words)
            SELECT n.day, n.version, n.trace, %s, n.at, n.language, n.words::tsvector
            FROM unnest(%s::date[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::text[], %s::text[])
                AS n(day, version, trace, at, language, words)
            """,
            [project_id, [one.due.day for one in kept], [one.due.version_id for one in kept],
             [one.due.trace_id for one in kept], [one.due.at for one in kept], [one.due.language for one in kept],
             [one.words for one in kept]],
        )  # fmt: skip


def _measure(project_id: uuid.UUID, read: Sequence[_Read]) -> None:
    columns = list(Measure.__dataclass_fields__)
    kinds = {"recovered": "bool", "answered": "bool"}
    arrays = ", ".join(f"%s::{kinds.get(name, 'int')}[]" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO curation_conversationmeasure (version_id, project_id, day, {", ".join(columns)})
            SELECT n.version, %s, n.day, {", ".join(f"n.{name}" for name in columns)}
            FROM unnest(%s::uuid[], %s::date[], {arrays}) AS n(version, day, {", ".join(columns)})
            ON CONFLICT (version_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in columns)}
            """,
            [project_id, [one.due.version_id for one in read], [one.due.day for one in read],
             *([getattr(one.counted, name) for one in read] for name in columns)],
        )  # fmt: skip


def _done(project_id: uuid.UUID, taken: Sequence[Due]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE curation_curationstate SET search_spec = %s WHERE version_id = ANY(%s)",
            [SPEC, [one.version_id for one in taken]],
        )
