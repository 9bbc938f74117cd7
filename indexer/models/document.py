"""A source is the identity of a document; its texts are append-only versions."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now

from accounts.models import Project

LIVE = Q(live_at__isnull=False, superseded_at__isnull=True, deleted_at__isnull=True)
PENDING = Q(live_at__isnull=True, superseded_at__isnull=True, deleted_at__isnull=True)


class SourceQuerySet(models.QuerySet["Source"]):
    """Reads of sources."""

    def of(self, project: Project) -> SourceQuerySet:
        """The sources of one project."""
        return self.filter(project=project)


class Source(models.Model):
    """One document of the outside world, named by the id its sender gave it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=500)
    kind = models.CharField(max_length=32, default="text")
    owner = models.CharField(max_length=200, blank=True, default="")
    ttl = models.DurationField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = SourceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "external_id"], name="source_named_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-created_at", "id"], name="source_project")]

    def __str__(self) -> str:
        return self.external_id


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    """Reads of document versions."""

    def of(self, project: Project) -> DocumentVersionQuerySet:
        """The versions of one project."""
        return self.filter(project=project)

    def live(self) -> DocumentVersionQuerySet:
        """What search may answer from at this moment."""
        return self.filter(LIVE)

    def pending(self) -> DocumentVersionQuerySet:
        """Stored and cut, waiting for the next index build."""
        return self.filter(PENDING)

    def indexable(self) -> DocumentVersionQuerySet:
        """What a build starting now has to contain."""
        return self.filter(LIVE | PENDING)

    def without_text(self) -> DocumentVersionQuerySet:
        """Lists need no bodies."""
        return self.defer("text")

    def newest_first(self) -> DocumentVersionQuerySet:
        """By version number."""
        return self.order_by("-number")

    def by_licence(self) -> list[tuple[str, int]]:
        """(licence, number of live documents), most frequent first; an empty name means none was stated."""
        rows = self.live().values_list("licence").annotate(count=Count("id")).order_by("-count", "licence")
        return [(str(licence), int(count)) for licence, count in rows]


class DocumentVersion(models.Model):
    """Immutable canonical text (NFC, LF); every offset in the product counts its code points."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=64, unique=True)
    uri = models.TextField()
    title = models.TextField(blank=True, default="")
    licence = models.CharField(max_length=200, blank=True, default="")
    published = models.CharField(max_length=64, blank=True, default="")
    text = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    raw_sha256 = models.CharField(max_length=64)
    parser = models.CharField(max_length=64)
    retrieved_at = models.DateTimeField(db_default=Now())
    live_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["source"], condition=LIVE, name="version_one_live"),
            models.UniqueConstraint(fields=["source"], condition=PENDING, name="version_one_pending"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "source"], condition=LIVE, name="version_live"),
            models.Index(fields=["project", "source"], condition=PENDING, name="version_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.uri} v{self.number}"

    @property
    def state(self) -> str:
        """pending, live, superseded or deleted."""
        if self.deleted_at:
            return "deleted"
        if self.superseded_at:
            return "superseded"
        return "live" if self.live_at else "pending"

    @property
    def is_current(self) -> bool:
        """Whether search may answer from it."""
        return self.state == "live"


__all__ = ["LIVE", "PENDING", "DocumentVersion", "Source"]
