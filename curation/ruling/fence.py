"""The line between two rule versions: what commits after a new one came into force was redacted under it.

Storing takes the project's lock shared and looks again which version holds; a new version takes it alone.
"""

from __future__ import annotations

import hashlib
import uuid

from django.db import connection


def _lock_of(project_id: uuid.UUID) -> int:
    """A 64-bit advisory lock of the project's own."""
    return int.from_bytes(hashlib.sha256(f"redaction rules {project_id}".encode()).digest()[:8], signed=True)


def rules_still_current(project_id: uuid.UUID, rules_id: int) -> bool:
    """Inside the transaction that stores: whether these are still the rules; nobody changes them before it ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s);"
            " SELECT current_id FROM curation_asset"
            " WHERE project_id = %s AND kind = 'redaction_rules' AND current_id IS NOT NULL",
            [_lock_of(project_id), project_id],
        )
        cursor.nextset()
        found = [current for (current,) in cursor.fetchall()]
    return rules_id in found


def change_rules_alone(project_id: uuid.UUID) -> None:
    """Inside the transaction that changes the rules: waits for whoever stores under the old ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_of(project_id)])
