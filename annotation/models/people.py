"""Annotators under a pseudonym, and the axes on which their diversity is counted."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class AnnotatorProfile(models.Model):
    """The pseudonym that judgments carry. Erasing the link to the user keeps the votes.

    `languages` (BCP 47; none said: any) and `expertise` (domains; none said: none) decide what a person may be given;
    `expertise_said` is what they say of themselves, which a lead has yet to confirm;
    `adjudicates`: a lead has named them to decide over votes of others that disagree;
    `sensitive_ok` is their own opt-in to warned-of material, `sensitive_per_day` their own limit (none: the campaign's).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="annotators")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="annotator_profiles"
    )
    simulated = models.BooleanField(default=False)
    languages = ArrayField(models.CharField(max_length=16), blank=True, default=list, db_default=[])
    expertise = ArrayField(models.CharField(max_length=80), blank=True, default=list, db_default=[])
    expertise_said = ArrayField(models.CharField(max_length=80), blank=True, default=list, db_default=[])
    team = models.CharField(max_length=80, blank=True, default="", db_default="")
    adjudicates = models.BooleanField(default=False, db_default=False)
    sensitive_ok = models.BooleanField(default=False, db_default=False)
    sensitive_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "user"], name="profile_once")]

    def __str__(self) -> str:
        return str(self.id)[:8]


class Axis(models.Model):
    """One opt-in dimension of diversity, with the values a person may choose; versioned by number.

    A retired one is asked of nobody; votes and reports keep what was said. Another number asks it again.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    number = models.PositiveIntegerField(default=1)
    values = ArrayField(models.CharField(max_length=60))
    retired_at = models.DateTimeField(null=True, blank=True)
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
