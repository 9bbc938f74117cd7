"""Read settled versions: measure, screen, decide what stays out, and publish their signatures, in one transaction a batch."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import Project
from core.text import TokenHasher, shingles
from curation.actions.screening import current_quarantine, quarantine_index, store_screenings
from curation.bodies import Stored, load_many
from curation.dedup.publish import Text, publish
from curation.dedup.spec import exact_hash
from curation.difficulty import difficulty_of, features
from curation.kinds import kind_of
from curation.languages import language_of
from curation.minhash import DEFAULT_SPEC
from curation.models import ConversationVersion, CurationState
from curation.models.conversation import CurationStep
from curation.steps import BODY_RETIRED, Drop, Reading, answered, permitted, screened, through, with_text

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """What the projection says of one version right after it was read."""

    version_id: uuid.UUID
    difficulty: str
    kind: str
    language: str
    drop_reason: str


def read_versions(project: Project, *, limit: int = BATCH) -> int:
    """Read up to `limit` pending versions nobody else holds; how many were taken."""
    quarantine = current_quarantine(project)
    index = quarantine_index(quarantine)
    with transaction.atomic():
        versions = _take(project, limit)
        if not versions:
            return 0
        bodies = load_many(versions)
        readings = [_reading(version, bodies[version.pk]) for version in versions if version.pk in bodies]
        drops = {
            outcome.reading.version_id: outcome
            for outcome in through(readings, [screened(index), with_text, answered, permitted])
            if isinstance(outcome, Drop)
        }
        publish(project.pk, _texts(project.pk, readings))
        store_screenings(
            project.pk,
            quarantine.pk,
            [(one.content_hash, one.version_id, one.verdict) for one in readings if one.verdict],
        )
        _conclude([_measure(one, drops.get(one.version_id)) for one in readings])
        _record(project.pk, list(drops.values()))
        retire(project.pk, [version.pk for version in versions if version.pk not in bodies])
    return len(versions)


def _take(project: Project, limit: int) -> list[ConversationVersion]:
    states = CurationState.objects.filter(project=project, step=CurationStep.PENDING).order_by("version_id")
    ids = list(states.select_for_update(skip_locked=True).values_list("version_id", flat=True)[:limit])
    return list(
        ConversationVersion.objects.select_related("trace").filter(pk__in=ids).order_by("created_at", "id")
    )


def _reading(version: ConversationVersion, stored: Stored) -> Reading:
    return Reading(version.pk, version.content_hash, version.trace.training_use, stored.conversation)


def _texts(project_id: uuid.UUID, readings: Sequence[Reading]) -> list[Text]:
    hasher = TokenHasher()
    return [
        Text(
            one.version_id, exact_hash(one.text, project_id), shingles(one.text, DEFAULT_SPEC.shingle, hasher)
        )
        for one in readings
    ]


def _measure(reading: Reading, drop: Drop | None) -> Measured:
    conversation = reading.conversation
    asked = "\n".join(
        part.get("text", "")
        for one in conversation["messages"]
        if one["role"] != "system"
        for part in one["parts"]
    )
    language, _ = language_of(asked)
    return Measured(
        reading.version_id,
        difficulty_of(features(conversation)).value,
        kind_of(conversation).value,
        language,
        drop.reason if drop else "",
    )


def _conclude(measured: Sequence[Measured]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET step = 'published', difficulty = n.difficulty, kind = n.kind,
                language = n.language, drop_reason = n.reason, updated_at = now()
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
                AS n(version, difficulty, kind, language, reason)
            WHERE s.version_id = n.version
            """,
            [
                [one.version_id for one in measured],
                [one.difficulty for one in measured],
                [one.kind for one in measured],
                [one.language for one in measured],
                [one.drop_reason for one in measured],
            ],
        )


def _record(project_id: uuid.UUID, drops: Sequence[Drop]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_drop (project_id, version_id, step, reason, detail)"
            " SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::jsonb[])"
            " ON CONFLICT (version_id, step, reason) DO NOTHING",
            [
                project_id,
                [drop.reading.version_id for drop in drops],
                [drop.step for drop in drops],
                [drop.reason for drop in drops],
                [Jsonb(drop.detail) for drop in drops],
            ],
        )


def retire(project_id: uuid.UUID, version_ids: Sequence[uuid.UUID]) -> None:
    """Retention was faster: nothing is left to read, which is a reason like any other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE curation_curationstate SET step = 'done', drop_reason = %s, updated_at = now() WHERE version_id = ANY(%s)",
            [BODY_RETIRED, list(version_ids)],
        )
        cursor.execute(
            "INSERT INTO curation_drop (project_id, version_id, step, reason, detail)"
            " SELECT %s, unnest(%s::uuid[]), 'read', %s, '{}' ON CONFLICT DO NOTHING",
            [project_id, list(version_ids), BODY_RETIRED],
        )
