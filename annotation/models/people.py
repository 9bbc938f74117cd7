"""Annotators under a pseudonym, and the axes on which their diversity is counted."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class AnnotatorProfile(models.Model):
    """The pseudonym that judgments carry. Erasing the link to the user keeps the votes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="annotators")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="annotator_profiles"
    )
    simulated = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "user"], name="profile_once")]

    def __str__(self) -> str:
        return str(self.id)[:8]


class Axis(models.Model):
    """One opt-in dimension of diversity, with the values a person may choose; versioned by number."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    number = models.PositiveIntegerField(default=1)
    values = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name", "number"], name="axis_once")
        ]

    def __str__(self) -> str:
        return self.name


class ProfileValue(models.Model):
    """What a person chose to say on one axis; "prefer not to say" is a value."""

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey(AnnotatorProfile, on_delete=models.CASCADE, related_name="values")
    axis = models.ForeignKey(Axis, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=60)
    chosen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "axis"], name="profile_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.axis}: {self.value}"
