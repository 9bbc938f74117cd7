"""What a service's traces may be used for where neither they, their batch nor their token says."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from curation.models.trace import TrainingUse


class ServiceDefault(models.Model):
    """One default for one service of a project; it holds for traces that begin to arrive from then on."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=120)
    training_use = models.CharField(max_length=8, choices=TrainingUse.choices)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "service"], name="service_default_once"),
            models.CheckConstraint(
                condition=models.Q(training_use__in=TrainingUse.values), name="service_default_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.training_use}"
