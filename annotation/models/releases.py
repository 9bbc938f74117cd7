"""What was published about groups of annotators, and which votes stand behind it. Append-only."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class AxisRelease(models.Model):
    """One batch of votes released on one axis of a campaign, and the whole report as it stands from then on.

    `as_said` are judgments released under their group, `as_rest` those released without one; no vote is released twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("annotation.Campaign", on_delete=models.PROTECT, related_name="releases")
    axis = models.ForeignKey("annotation.Axis", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    as_said = ArrayField(models.UUIDField())
    as_rest = ArrayField(models.UUIDField())
    report = models.JSONField()
    released_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "axis", "number"], name="axis_release_once")
        ]

    def __str__(self) -> str:
        return f"{self.axis} of {self.campaign}, {self.number}"
