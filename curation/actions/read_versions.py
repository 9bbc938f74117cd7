"""Read settled versions: measure, screen, decide what stays out, and publish their signatures, in one transaction a batch."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import Project
from curation.actions.apart import apart, report
from curation.actions.drops import record_drops
from curation.actions.label import show_words_of_people
from curation.actions.screening import Screener, current_quarantine, store_screenings
from curation.bodies import Stored, load_many
from curation.calibration import Cutoffs
from curation.checks import Checks, project_checks, store_flags
from curation.dedup.forms import Forms, forms_of, store_forms
from curation.dedup.publish import Text, publish
from curation.dedup.spec import current_spec, exact_hasher
from curation.dedup.views import view_texts
from curation.difficulty import difficulty_of, features, score
from curation.difficulty_levels import project_levels
from curation.kinds import kind_of
from curation.languages import language_of
from curation.models import ConversationVersion, CurationState
from curation.models.conversation import CurationStep
from curation.signing.signer import sign
from curation.steps import BODY_RETIRED, STEPS, UNREADABLE, Drop, Reading, Step, screened, through, validated
from curation.template_keys import Templates, template_key, templates_of

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """What the projection says of one version right after it was read."""

    version_id: uuid.UUID
    difficulty: str
    kind: str
    language: str
    drop_reason: str
    score: float
    templates: Templates


@dataclass(slots=True)
class Studied:
    """A batch after reading, before anything is written."""

    readings: Sequence[Reading]
    drops: list[Drop]
    texts: list[Text]
    measured: list[Measured]


def read_versions(project: Project, *, limit: int = BATCH) -> int:
    """Read up to `limit` pending versions nobody else holds; how many were taken.

    What is made at first use is made and committed before: made within a batch, two workers would wait for each other's.
    """
    current_spec()
    quarantine = current_quarantine(project)
    checks = project_checks(project)
    with transaction.atomic():
        versions = _take(project, limit)
        if not versions:
            return 0
        bodies = load_many(versions)
        readable, unreadable = readings_of(versions, bodies)
        screener = Screener(quarantine, [one.content_hash for one in readable])
        steps = [screened(screener.look), *STEPS, validated(checks.policy)]
        studied, broken = apart(readable, lambda some: _study(project, some, steps))
        unreadable += broken
        screened_ones = [
            (one.content_hash, one.version_id, one.verdict) for one in studied.readings if one.verdict
        ]
        store_screenings(screener, screened_ones)
        publish(project.pk, studied.texts)
        store_forms(project.pk, _forms(project.pk, versions, studied.readings))
        _conclude(studied.measured, checks)
        show_words_of_people([one.version_id for one in studied.measured])
        record_drops(project.pk, studied.drops)
        store_flags(project.pk, checks, studied.readings)
        retire(project.pk, [version.pk for version in versions if version.pk not in bodies])
        retire(project.pk, unreadable, reason=UNREADABLE)
    return len(versions)


def readings_of(
    versions: Sequence[ConversationVersion], bodies: dict[uuid.UUID, Stored]
) -> tuple[list[Reading], list[uuid.UUID]]:
    """Those whose body is there, and the versions whose body says nothing a reader understands."""
    readable: list[Reading] = []
    unreadable: list[uuid.UUID] = []
    for version in versions:
        if version.pk in bodies:
            try:
                conversation = bodies[version.pk].conversation
                readable.append(
                    Reading(version.pk, version.content_hash, version.trace.training_use, conversation)
                )
            except Exception as error:
                report(version.pk, error)
                unreadable.append(version.pk)
    return readable, unreadable


def _study(project: Project, readings: Sequence[Reading], steps: Sequence[Step]) -> Studied:
    outcomes = through(readings, steps)
    drops = [outcome for outcome in outcomes if isinstance(outcome, Drop)]
    reasons = {drop.reading.version_id: drop.reason for drop in drops}
    key, cutoffs = template_key(project.pk), project_levels(project.pk).cutoffs
    measured = [_measure(one, reasons.get(one.version_id, ""), key, cutoffs) for one in readings]
    return Studied(readings, drops, _texts(project.pk, readings, reasons), measured)


def _take(project: Project, limit: int) -> list[ConversationVersion]:
    states = CurationState.objects.filter(project=project, step=CurationStep.PENDING).order_by("version_id")
    ids = list(states.select_for_update(skip_locked=True).values_list("version_id", flat=True)[:limit])
    return list(
        ConversationVersion.objects.select_related("trace").filter(pk__in=ids).order_by("created_at", "id")
    )


def _texts(
    project_id: uuid.UUID, readings: Sequence[Reading], reasons: Mapping[uuid.UUID, str]
) -> list[Text]:
    """The texts of every view, signed; with a reason found already, one never stands for what has none."""
    exact = exact_hasher(project_id)
    views = [
        (one.version_id, view, text)
        for one in readings
        for view, text in view_texts(one.conversation).items()
    ]
    signed = sign([text for _, _, text in views])
    return [
        Text(
            version_id,
            view,
            exact(view, text),
            signed.shingles(place),
            signed.rows[place],
            version_id not in reasons,
        )
        for place, (version_id, view, text) in enumerate(views)
    ]


def _forms(
    project_id: uuid.UUID, versions: Sequence[ConversationVersion], readings: Sequence[Reading]
) -> list[Forms]:
    sessions = {version.pk: version.trace.session_key for version in versions}
    return [
        forms_of(one.version_id, one.conversation, project_id, sessions[one.version_id])
        for one in readings
        if sessions[one.version_id]
    ]


def _measure(reading: Reading, reason: str, key: bytes, cutoffs: Cutoffs) -> Measured:
    conversation = reading.conversation
    asked = "\n".join(
        part.get("text", "")
        for one in conversation["messages"]
        if one["role"] != "system"
        for part in one["parts"]
    )
    language, _ = language_of(asked)
    counted = features(conversation)
    return Measured(
        reading.version_id,
        difficulty_of(counted, cutoffs).value,
        kind_of(conversation).value,
        language,
        reason,
        score(counted),
        templates_of(conversation, key),
    )


def _conclude(measured: Sequence[Measured], checks: Checks) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET step = 'published', difficulty = n.difficulty, kind = n.kind,
                language = n.language, drop_reason = n.reason, difficulty_score = n.score,
                question_template = n.question, answer_template = n.answer, checked_by_id = %s, updated_at = now()
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::text[], %s::text[])
                AS n(version, difficulty, kind, language, reason, score, question, answer)
            WHERE s.version_id = n.version
            """,
            [
                checks.version_id,
                [one.version_id for one in measured],
                [one.difficulty for one in measured],
                [one.kind for one in measured],
                [one.language for one in measured],
                [one.drop_reason for one in measured],
                [one.score for one in measured],
                [one.templates.question for one in measured],
                [one.templates.answer for one in measured],
            ],
        )


def retire(project_id: uuid.UUID, version_ids: Sequence[uuid.UUID], *, reason: str = BODY_RETIRED) -> None:
    """What cannot be read (retention was faster, or a step broke on it) is done, with that as its reason."""
    if not version_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE curation_curationstate SET step = 'done', drop_reason = %s, updated_at = now()"
            " WHERE version_id = ANY(%s) AND step <> 'superseded'",
            [reason, list(version_ids)],
        )
        cursor.execute(
            "INSERT INTO curation_drop (project_id, version_id, step, reason, detail)"
            " SELECT %s, unnest(%s::uuid[]), 'read', %s, '{}' ON CONFLICT DO NOTHING",
            [project_id, list(version_ids), reason],
        )
