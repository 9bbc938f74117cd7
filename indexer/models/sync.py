"""One delivery of documents: what it changed and which rows were refused, and why."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.models import Project


class SyncQuerySet(models.QuerySet["Sync"]):
    """Reads of deliveries."""

    def of(self, project: Project) -> SyncQuerySet:
        """The deliveries of one project, newest first."""
        return self.filter(project=project).order_by("-created_at")


class Sync(models.Model):
    """Counts by outcome (new, changed, same, removed, refused) add up to the rows read, plus removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=300)
    complete = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = SyncQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-created_at"], name="sync_project")]

    def __str__(self) -> str:
        return self.origin


class SyncRefusal(models.Model):
    """A row that was not taken: its line, the field, and what to do."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="refusals")
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=64, blank=True, default="")
    external_id = models.CharField(max_length=500, blank=True, default="")
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["line", "id"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
