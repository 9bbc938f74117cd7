"""Write audit entries and events. Called inside the transaction of the act itself, so neither exists without the other."""

import json
import uuid
from dataclasses import dataclass, field
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
        %(facts)s::jsonb)
RETURNING id
"""
BOTH = f"WITH emitted AS ({EMIT}) {RECORD}"


@dataclass(frozen=True, slots=True)
class Change:
    """One state change of a subject."""

    name: str
    from_state: str = ""
    to_state: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    def given(self) -> dict[str, str]:
        """The parameters of EMIT that are its own."""
        return {
            "name": self.name,
            "from_state": self.from_state,
            "to_state": self.to_state,
            "facts": json.dumps(self.data),
        }


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
    change: Change | None = None,
) -> int:
    """One act by `actor` on `subject`, and the state change it made where one is named; the number of the entry."""
    return _write(
        BOTH if change else RECORD,
        subject,
        change.given() if change else {},
        project=project_id,
        data=json.dumps(data or {}),
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
    change = Change(name, from_state, to_state, data or {})
    return _write(EMIT, subject, change.given(), project=project_id)


def _write(sql: str, subject: models.Model, given: dict[str, str], **more: uuid.UUID | str | None) -> int:
    of = {"subject_type": subject_type(subject), "subject_id": str(subject.pk)}
    ((number,),) = select(sql, given | of | more)
    return int(number)
