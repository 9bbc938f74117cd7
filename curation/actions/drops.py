"""The history of what was left out: a row for each version, step and reason, once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection
from psycopg.types.json import Jsonb

from curation.steps import Drop


def record_drops(project_id: uuid.UUID, drops: Sequence[Drop]) -> None:
    """Keep what these steps dropped; call inside the transaction that changes the states."""
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
