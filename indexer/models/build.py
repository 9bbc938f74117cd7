"""What search answers from: immutable builds, and one pointer that names the current one."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from core.models import Job

MAIN = "main"


class BuildState(models.TextChoices):
    """Building ends in one of the others; overtaken: a later build had already published more."""

    BUILDING = "building", _("Building")
    PUBLISHED = "published", _("Published")
    OVERTAKEN = "overtaken", _("Overtaken")
    FAILED = "failed", _("Failed")


class IndexBuildQuerySet(models.QuerySet["IndexBuild"]):
    """Reads of builds."""

    def of(self, project: Project) -> IndexBuildQuerySet:
        """The builds of one project, newest first."""
        return self.filter(project=project).select_related("job").order_by("-number")


class IndexBuild(models.Model):
    """A folder of files derived from the tables: a cache that can always be made again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64, default=MAIN)
    number = models.PositiveIntegerField()
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="index_build")
    state = models.CharField(max_length=16, choices=BuildState.choices, default=BuildState.BUILDING)
    chunker = models.CharField(max_length=32)
    model_id = models.CharField(max_length=120, blank=True, default="")
    model_sha256 = models.CharField(max_length=64, blank=True, default="")
    dtype = models.CharField(max_length=16, blank=True, default="")
    lexical_weight = models.FloatField()
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")
    counts = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)

    objects = IndexBuildQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name", "number"], name="build_number_once"),
            models.CheckConstraint(condition=Q(state__in=BuildState.values), name="build_state_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | (Q(published_at__isnull=False) & ~Q(manifest_sha256="")),
                name="build_published_has_manifest",
            ),
            models.CheckConstraint(
                condition=Q(lexical_weight__gte=0) & Q(lexical_weight__lte=1), name="build_weight_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.number}"

    @property
    def shown_state(self) -> str:
        """The job knows better than the build while it is queued, and after it was given up."""
        if self.state == BuildState.BUILDING and self.job is not None:
            return str(self.job.state)
        return str(self.state)

    @property
    def is_dense(self) -> bool:
        """Whether it holds vectors; without the embedding extra a build is lexical only."""
        return bool(self.model_sha256)


class IndexPointer(models.Model):
    """The name search goes by; moved in the transaction that makes new versions live."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64, default=MAIN)
    build = models.ForeignKey(IndexBuild, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "name"], name="pointer_once")]

    def __str__(self) -> str:
        return f"{self.name} → {self.build_id}"
