"""Under a new signature spec everything is signed again: what another spec signed goes back to be read."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from core.locks import named_lock_if_free
from curation.dedup.leave import remove
from curation.dedup.spec import current_spec


def respec(project_id: uuid.UUID, *, limit: int = 2000) -> int:
    """Send up to `limit` versions that only an earlier spec signed back to be read; how many. Their old signatures go."""
    spec = current_spec()
    with (
        named_lock_if_free(f"respec:{project_id}") as free,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        if not free:
            return 0
        cursor.execute(
            """
            SELECT DISTINCT g.version_id FROM curation_signaturespec s
            CROSS JOIN LATERAL (
                SELECT id FROM curation_distincttext WHERE project_id = %s AND spec_id = s.id LIMIT %s
            ) t
            JOIN curation_signature g ON g.text_id = t.id WHERE s.id <> %s LIMIT %s
            """,
            [project_id, limit, spec.pk, limit],
        )
        versions = [version for (version,) in cursor.fetchall()]
        if not versions:
            return 0
        remove(versions)
        cursor.execute(
            "UPDATE curation_curationstate SET step = 'pending', cluster_id = NULL, is_representative = false"
            " WHERE version_id = ANY(%s) AND step <> 'superseded' AND drop_reason <> 'body_retired'",
            [versions],
        )
    return len(versions)
