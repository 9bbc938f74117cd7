"""Passages once by their text, every place they occur at, and their vectors by what was embedded."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Project
from indexer.models.document import DocumentVersion


class Passage(models.Model):
    """One distinct text; `context` is fixed at first sight, so moving a document embeds nothing again."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    context = models.TextField(blank=True, default="")
    embed_input_sha256 = models.CharField(max_length=64)
    tokens = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "text_sha256"], name="passage_text_once"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Reads of occurrences."""

    def live(self) -> OccurrenceQuerySet:
        """Places in versions that search may answer from now; evaluated by the database at query time."""
        return self.filter(
            document_version__live_at__isnull=False,
            document_version__superseded_at__isnull=True,
            document_version__deleted_at__isnull=True,
        )

    def in_reading_order(self) -> OccurrenceQuerySet:
        """As they follow each other in the text."""
        return self.order_by("document_version_id", "start")


class Occurrence(models.Model):
    """`document_version.text[start:end] == passage.text`: a trigger compares on every insert."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    document_version = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, related_name="occurrences"
    )
    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="occurrences")
    chunker = models.CharField(max_length=32)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    section = models.TextField(blank=True, default="")

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document_version", "chunker", "start"], name="occurrence_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="occurrence_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.document_version_id}:{self.start}:{self.end}"


class Citation(models.Model):
    """A lasting name for one span of one version; resolves also when that version is superseded."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    citation_id = models.CharField(max_length=64)
    document_version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="citations")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "citation_id"], name="citation_once"),
            models.UniqueConstraint(fields=["document_version", "start", "end"], name="citation_span_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="citation_not_empty"),
        ]

    def __str__(self) -> str:
        return self.citation_id[:12]

    @property
    def quote(self) -> str:
        """The cited characters."""
        return self.document_version.text[self.start : self.end]


class Vector(models.Model):
    """An embedding named by what was embedded and by which model; survives deletes and re-indexing."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    embed_input_sha256 = models.CharField(max_length=64)
    model_id = models.CharField(max_length=120)
    model_sha256 = models.CharField(max_length=64)
    dtype = models.CharField(max_length=16)
    dimensions = models.PositiveIntegerField()
    data = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "model_sha256", "dtype", "embed_input_sha256"], name="vector_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {self.embed_input_sha256[:12]}"
