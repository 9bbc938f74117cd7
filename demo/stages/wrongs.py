"""Three wrongs, tried for real: by the action and, past it, straight at the database as the app role."""

from collections.abc import Callable

from django.db import DatabaseError, connection, transaction

from core.errors import Refused
from curation.models import CurationState
from demo.story import Facts, Telling
from snapshots.actions.review import approve_snapshot
from snapshots.models import Review, Snapshot
from trainers.actions.launch_run import launch_run

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
ENTER_TWIN = """
INSERT INTO snapshots_snapshotrow (project_id, snapshot_id, content_id, content_hash, leaf, position, quarantine_id,
    screening_verdict, trace_id, version_id, cluster_key, reason, split, simulated, licence, domain, difficulty, kind, language)
SELECT r.project_id, r.snapshot_id, r.content_id, c.content_hash, r.leaf, 1000000, r.quarantine_id,
    'clean', v.trace_id, v.id, '', r.reason, 'train', false, '', '', '', '', ''
FROM snapshots_snapshotrow r, curation_conversationversion v JOIN curation_screening c ON c.version_id = v.id AND c.verdict = 'hit'
WHERE r.snapshot_id = %s AND v.id = %s LIMIT 1
"""


def wrongs(telling: Telling) -> Facts:
    """Each must be refused twice; a wrong that goes through fails the demo."""
    cast, waiting = telling.cast, telling.made["waiting"]
    review = Review.objects.get(snapshot=waiting, state="open")
    facts = {
        "the requester approves": _by_action(
            lambda: approve_snapshot(who=cast.engineer, review=review, reason="It is mine.")
        ),
        "… past the action": _by_database(APPROVE_OWN, [review.pk]),
        "an unapproved snapshot trains": _by_action(
            lambda: launch_run(
                who=cast.engineer, project=cast.project, approval_id=waiting.pk, recipe="base-tiny"
            )
        ),
        "a quarantine twin enters a snapshot": _twin(telling, waiting),
    }
    if not telling.options.without_training:
        facts["an unapproved snapshot trains, past the action"] = _by_database(TRAIN_UNAPPROVED, [waiting.pk])
    return facts


def _by_action(wrong: Callable[[], object]) -> str:
    try:
        with transaction.atomic():
            wrong()
    except Refused as refused:
        return f"refused · {refused}"
    raise Refused(
        "wrong_went_through", "A wrong was not refused.", hint="This is a fault of Winnow: please report it."
    )


def _by_database(sql: str, parameters: list[object]) -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            if cursor.rowcount == 0:
                return "not tried: there was nothing to try it with"
    except DatabaseError as error:
        return f"refused by PostgreSQL · {str(error).splitlines()[0]}"
    raise Refused(
        "wrong_went_through",
        "The database let a wrong through.",
        hint="This is a fault of Winnow: please report it.",
    )


def _twin(telling: Telling, waiting: Snapshot) -> str:
    twin = CurationState.objects.filter(project=telling.cast.project, drop_reason="quarantined").first()
    if twin is None:
        raise Refused("no_twin", "No quarantine twin was found to try with.", hint="The traces hold none.")
    return _by_database(ENTER_TWIN, [waiting.pk, twin.pk])
