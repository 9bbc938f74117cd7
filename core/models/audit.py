"""Who did what (audit) and what changed state when (events). Both append-only: the app role may only insert and read."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """One act of a person, a token or a job on one subject. Projects and actors by value: an entry outlives both."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    project_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=128)
    request_id = models.CharField(max_length=64, blank=True, default="")
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["project_id", "-id"], name="audit_project"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.subject_type} {self.subject_id}"


class Event(models.Model):
    """One state change with its time; cycle times are computed from these rows."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    project_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=128)
    name = models.CharField(max_length=64)
    from_state = models.CharField(max_length=32, blank=True, default="")
    to_state = models.CharField(max_length=32, blank=True, default="")
    cause = models.UUIDField(default=uuid.uuid4)
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["project_id", "name", "-id"], name="event_project_name"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.name}"
