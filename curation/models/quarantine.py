"""What is held out: named sets of prompts and tasks. An item is stored once, under the version that added it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from curation.models.assets import AssetVersion


class SetRole(models.TextChoices):
    """Why a set is held out."""

    BENCHMARK = "benchmark", _("Public test set")
    HELD_OUT = "held_out", _("Own test set")
    CANARY = "canary", _("Canary prompts")


class QuarantineSet(models.Model):
    """Where the items of one name come from and who put them there. Written once."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=16, choices=SetRole.choices, default=SetRole.HELD_OUT)
    licence = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=400, blank=True, default="")
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="quarantine_set_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=SetRole.values), name="quarantine_set_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuarantineItemQuerySet(models.QuerySet["QuarantineItem"]):
    """Which items a version holds."""

    def of(self, version: AssetVersion) -> "QuarantineItemQuerySet":
        """All items of this version: what it added and what was there before."""
        return self.filter(project=version.project_id, version__number__lte=version.number)


class QuarantineItem(models.Model):
    """One prompt, or a task (a prompt with its reference answer), that must never reach training."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AssetVersion, on_delete=models.PROTECT, related_name="quarantine_items")
    set_name = models.CharField(max_length=80)
    external_id = models.CharField(max_length=128)
    text = models.TextField()
    answer = models.TextField(blank=True, default="")

    objects = QuarantineItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "set_name", "external_id"], name="quarantine_item_stored_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.set_name}/{self.external_id}"
