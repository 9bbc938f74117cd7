"""Write audit entries and events. Called inside the transaction of the act itself, so neither exists without the other."""

import json
import uuid
from typing import Any

import structlog
from django.db import models

from core.actors import Actor
from core.prepared import select

LONGEST_NAME = 200

RECORD = """
INSERT INTO core_auditentry
    (project_id, actor_kind, actor_id, actor_name, verb, subject_type, subject_id, request_id, data)
VALUES (%(project)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(verb)s, %(subject_type)s, %(subject_id)s,
        %(request_id)s, %(data)s::jsonb)
RETURNING id
"""
EMIT = """
INSERT INTO core_event (project_id, subject_type, subject_id, name, from_state, to_state, cause, data)
VALUES (%(project)s, %(subject_type)s, %(subject_id)s, %(name)s, %(from_state)s, %(to_state)s, gen_random_uuid(),
        %(data)s::jsonb)
RETURNING id
"""


def subject_type(subject: models.Model) -> str:
    """`curation.trace` for a trace: stable under renames of the Python class only."""
    return subject._meta.label_lower


def record(
    *,
    actor: Actor,
    verb: str,
    subject: models.Model,
    project_id: uuid.UUID | None,
    data: dict[str, Any] | None = None,
) -> int:
    """One act by `actor` on `subject`; the number of its entry."""
    return _write(
        RECORD,
        subject,
        data,
        project=project_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:LONGEST_NAME],
        verb=verb,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )


def emit(
    *,
    subject: models.Model,
    name: str,
    project_id: uuid.UUID | None,
    from_state: str = "",
    to_state: str = "",
    data: dict[str, Any] | None = None,
) -> int:
    """One state change of `subject`; its number."""
    return _write(
        EMIT, subject, data, project=project_id, name=name, from_state=from_state, to_state=to_state
    )


def _write(
    sql: str, subject: models.Model, data: dict[str, Any] | None, **given: uuid.UUID | str | None
) -> int:
    given |= {"subject_type": subject_type(subject), "subject_id": str(subject.pk)}
    ((number,),) = select(sql, given | {"data": json.dumps(data or {})})
    return int(number)
