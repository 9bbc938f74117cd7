"""Write audit entries and events. Called inside the transaction of the act itself, so neither exists without the other."""

import uuid
from typing import Any

import structlog
from django.db import models

from core.actors import Actor
from core.models import AuditEntry, Event

LONGEST_NAME = 200


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
) -> AuditEntry:
    """One act by `actor` on `subject`."""
    return AuditEntry.objects.create(
        project_id=project_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:LONGEST_NAME],
        verb=verb,
        subject_type=subject_type(subject),
        subject_id=str(subject.pk),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        data=data or {},
    )


def emit(
    *,
    subject: models.Model,
    name: str,
    project_id: uuid.UUID | None,
    from_state: str = "",
    to_state: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """One state change of `subject`."""
    return Event.objects.create(
        project_id=project_id,
        subject_type=subject_type(subject),
        subject_id=str(subject.pk),
        name=name,
        from_state=from_state,
        to_state=to_state,
        data=data or {},
    )
