"""Add up the minutes that are over, so that a page of the last day need not look at every batch."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection, transaction

from curation.flow import TALLY_SQL

AT_ONCE_HOURS = 6
_BOUNDS = """
    SELECT
        coalesce((SELECT max(minute) + interval '1 minute' FROM curation_ingestminute WHERE project_id = %(project)s),
                 (SELECT date_trunc('minute', min(received_at)) FROM curation_ingestbatch WHERE project_id = %(project)s)),
        least(date_trunc('minute', now() - interval '2 minutes'),
              (SELECT date_trunc('minute', min(received_at)) FROM curation_ingestbatch
               WHERE project_id = %(project)s AND finished_at IS NULL AND received_at > now() - interval '1 hour'))
"""


def tally_minutes(project_id: uuid.UUID) -> int:
    """Write the minutes of one project that are over and not yet written; how many rows.

    A minute is over two minutes later (a batch is seen when its first part is committed) if every batch seen in it is
    finished, and an hour later in any case: a reader that stopped must not hold up the
    rest. Stretches without batches are skipped; two workers at once write each minute once.
    """
    written = 0
    while (stretch := _next(project_id)) is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
            cursor.execute(
                "INSERT INTO curation_ingestminute (project_id, minute, route, batches, accepted, redelivered, conflicting,"
                f" refused, bytes, took, redactions, codes) {TALLY_SQL} ON CONFLICT DO NOTHING",
                {"project": project_id, "since": stretch[0], "until": stretch[1]},
            )
            if not cursor.rowcount:
                return written
            written += cursor.rowcount
    return written


def _next(project_id: uuid.UUID) -> tuple[datetime, datetime] | None:
    """From the next batch that has no tally, for at most some hours, to the last minute that is over."""
    with connection.cursor() as cursor:
        cursor.execute(_BOUNDS, {"project": project_id})
        since, until = cursor.fetchone()
        if since is None or until is None or since >= until:
            return None
        cursor.execute(
            "SELECT date_trunc('minute', min(received_at)), date_trunc('minute', min(received_at)) + make_interval(hours => %s)"
            " FROM curation_ingestbatch WHERE project_id = %s AND received_at >= %s AND received_at < %s",
            [AT_ONCE_HOURS, project_id, since, until],
        )
        first, most = cursor.fetchone()
    return (first, min(until, most)) if first is not None else None
