"""Three wrongs, tried for real: by the action and, past it, straight at the database as the app role."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, connection, transaction

from accounts.models import Membership, Role
from core.errors import Refused
from curation.models import Screening
from demo.story import Facts, Telling
from snapshots.actions.review import approve_snapshot
from snapshots.models import Review, Snapshot
from trainers.actions.launch_run import launch_run

REFUSALS = {"23001", "23503", "23514", "42501"}
"""A rule, a foreign key, a check, a missing grant: what else the database says is no refusal of this wrong."""

FAULT = "This is a fault of Winnow: please report it."
APPROVE_OWN = """
INSERT INTO snapshots_approval (id, project_id, review_id, snapshot_id, root, requester_id, approver_id, reason, signature, key_id)
SELECT gen_random_uuid(), r.project_id, r.id, r.snapshot_id, s.root, r.requested_by_id, r.requested_by_id, 'mine', '', ''
FROM snapshots_review r JOIN snapshots_snapshot s ON s.id = r.snapshot_id WHERE r.id = %s
"""
TRAIN_UNAPPROVED = """
INSERT INTO trainers_run (id, project_id, job_id, approval_id, recipe_id, kind, requested_by_id, spec, spec_sha256, folder,
    state, step, total_steps, metrics_offset, samples_offset, summary, error, created_at)
SELECT gen_random_uuid(), r.project_id, r.job_id, %s, r.recipe_id, 'base', r.requested_by_id, '{}', '', '',
    'queued', 0, 0, 0, 0, '{}', '', now() FROM trainers_run r LIMIT 1
"""
TWIN_CONTENT = """
INSERT INTO snapshots_rowcontent (project_id, content_hash, key_id, leaf, salt, body)
SELECT project_id, content_hash, 'demo',
    encode(sha256('\\x00'::bytea || decode(content_hash, 'hex') || 'twin'::bytea), 'hex'),
    decode(content_hash, 'hex'), 'twin'::bytea
FROM curation_screening WHERE version_id = %s AND verdict = 'hit' AND quarantine_id = %s LIMIT 1 RETURNING id
"""
TWIN_ROW = """
INSERT INTO snapshots_snapshotrow (project_id, snapshot_id, content_id, content_hash, leaf, position, quarantine_id,
    screening_verdict, trace_id, version_id, cluster_key, reason, split, simulated, licence, domain, difficulty, kind, language)
SELECT s.project_id, s.id, c.id, c.content_hash, c.leaf, 0, s.quarantine_id,
    'clean', v.trace_id, v.id, '', 'accepted', 'train', false, '', '', '', '', ''
FROM snapshots_snapshot s, snapshots_rowcontent c, curation_conversationversion v
WHERE s.id = %s AND c.id = %s AND v.id = %s
"""


class RolledBack(Exception):
    """Takes back what an attempt had to prepare."""


def wrongs(telling: Telling) -> Facts:
    """Each must be refused, by the action and by the database; a wrong that goes through fails the demo."""
    cast, waiting = telling.cast, telling.made["waiting"]
    review = Review.objects.get(snapshot=waiting, state="open")
    facts = {
        "the requester approves": _by_action(lambda: _approve_own(telling, review)),
        "… straight in the database": _by_database(APPROVE_OWN, [review.pk]),
        "a quarantine twin enters a snapshot": _twin(telling, waiting),
    }
    if telling.options.without_training:
        return facts
    return facts | {
        "an unapproved snapshot trains": _by_action(
            lambda: launch_run(
                who=cast.engineer, project=cast.project, approval_id=waiting.pk, recipe="base-tiny"
            )
        ),
        "… straight in the database, too": _by_database(TRAIN_UNAPPROVED, [waiting.pk]),
    }


def _approve_own(telling: Telling, review: Review) -> None:
    """With a data lead's role on top, so that it is the four eyes that refuse and not the role."""
    Membership.objects.create(project=telling.cast.project, user=telling.cast.engineer, role=Role.DATA_LEAD)
    approve_snapshot(who=telling.cast.engineer, review=review, reason="It is mine.")


def _by_action(wrong: Callable[[], object]) -> str:
    try:
        with transaction.atomic():
            wrong()
    except Refused as refused:
        return f"refused · {refused}"
    raise Refused("wrong_went_through", "A wrong was not refused.", hint=FAULT)


def _by_database(sql: str, parameters: list[Any]) -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") not in REFUSALS:
            raise Refused("wrong_not_tried", f"A wrong could not be tried: {error}", hint=FAULT) from error
        return f"refused by PostgreSQL · {str(error).splitlines()[0]}"
    raise Refused("wrong_went_through", "The database let a wrong through.", hint=FAULT)


def _twin(telling: Telling, waiting: Snapshot) -> str:
    """A row that calls a quarantined conversation clean, in a snapshot that is still open."""
    hits = Screening.objects.filter(
        project=telling.cast.project, quarantine=waiting.quarantine, verdict="hit"
    )
    twin = hits.filter(version__isnull=False).values_list("version", flat=True).first()
    if twin is None:
        raise Refused("no_twin", "No quarantine twin was found to try with.", hint="The traces hold none.")
    said = ""
    with suppress(RolledBack), transaction.atomic(), connection.cursor() as cursor:
        unfinished = Snapshot.objects.create(
            project=waiting.project,
            selection=waiting.selection,
            kind=waiting.kind,
            name="an attempt",
            number=1_000_000,
            quarantine=waiting.quarantine,
            created_by=telling.cast.engineer,
        )
        cursor.execute(TWIN_CONTENT, [twin, waiting.quarantine_id])
        (content,) = cursor.fetchone()
        said = _by_database(TWIN_ROW, [unfinished.pk, content, twin])
        raise RolledBack
    return said
