"""A model that came out of a run, with its ancestors: π0 is the base every metric is stated against."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ModelVersion(models.Model):
    """Named weights with their lineage and card. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="model_versions")
    name = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    run = models.OneToOneField("trainers.Run", on_delete=models.PROTECT, related_name="model_version")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="descendants")
    weights_sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField(default=0)
    evaluation = models.JSONField(default=dict)
    card = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name", "number"], name="model_version_once"),
            models.CheckConstraint(
                condition=Q(kind="base") | Q(parent__isnull=False), name="model_has_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"
