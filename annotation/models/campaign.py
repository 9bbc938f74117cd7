"""A body of judging work with its rules."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Campaign(models.Model):
    """What is judged, how often, under which guidelines.

    With `practice_asked` > 0 nobody is given its work before getting `practice_right` of as many practice items right;
    these are columns, not rules, because the database itself asks them at every claim.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="draft")
    overlap = models.PositiveSmallIntegerField(default=2)
    lease_seconds = models.PositiveIntegerField(default=600)
    guidelines = models.ForeignKey(
        "curation.AssetVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    policy = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, null=True, related_name="+")
    practice_asked = models.PositiveSmallIntegerField(default=0, db_default=0)
    practice_right = models.PositiveSmallIntegerField(default=0, db_default=0)
    rules = models.JSONField(default=dict)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="campaign_name_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["pair", "repair"]), name="campaign_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "open", "closed"]), name="campaign_state_known"
            ),
            models.CheckConstraint(condition=models.Q(overlap__gte=1), name="campaign_overlap_positive"),
            models.CheckConstraint(
                condition=models.Q(practice_asked=0, practice_right=0)
                | models.Q(practice_right__gte=1, practice_right__lte=models.F("practice_asked")),
                name="campaign_practice_can_be_passed",
            ),
        ]

    def __str__(self) -> str:
        return self.name
