"""A permission to train that has ended is a denial: every reader of training use sees it within a minute."""

from __future__ import annotations

import uuid

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from curation.actions.settle_traces import EVENT
from curation.ingest.store import copy_rows
from curation.models import Trace, TrainingUse

SOURCE = "ended"
AT_ONCE = 5_000


def end_permissions() -> int:
    """Deny what was allowed until now, with an event for each trace; how many, at most AT_ONCE."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE curation_trace SET training_use = 'denied', training_use_source = %s
                WHERE id IN (
                    SELECT id FROM curation_trace WHERE training_use = 'allowed' AND training_use_until <= now()
                    ORDER BY training_use_until LIMIT %s FOR UPDATE SKIP LOCKED)
                RETURNING id, project_id, training_use_until
                """,
                [SOURCE, AT_ONCE],
            )
            ended = cursor.fetchall()
        cause = uuid.uuid4()
        copy_rows("core_event", EVENT, [
            (project_id, Trace._meta.label_lower, str(pk), "training_use", TrainingUse.ALLOWED.value,
             TrainingUse.DENIED.value, cause, Jsonb({"until": until.isoformat()}))
            for pk, project_id, until in ended
        ])  # fmt: skip
    return len(ended)
