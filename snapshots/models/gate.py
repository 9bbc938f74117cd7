"""What a project asks of the people behind a snapshot before anybody may sign it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class PeopleGate(models.Model):
    """One version of the rules; the newest holds, empty fields ask nothing. Append-only.

    `least_effective` is a Hill number of order 1, `largest_share` of one annotator's judgments (0..1), `least_groups` how many
    groups of each axis the published reports have to show, `no_side` that nothing says sides were chosen rather than answers.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="people_gates")
    least_effective = models.FloatField(null=True)
    largest_share = models.FloatField(null=True)
    least_groups = models.PositiveSmallIntegerField(null=True)
    no_side = models.BooleanField(default=False)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(least_effective__isnull=True) | Q(least_effective__gte=1),
                name="gate_effective_from_one",
            ),
            models.CheckConstraint(
                condition=Q(largest_share__isnull=True) | Q(largest_share__gt=0, largest_share__lte=1),
                name="gate_share_is_one",
            ),
            models.CheckConstraint(
                condition=Q(least_groups__isnull=True) | Q(least_groups__gte=2), name="gate_groups_from_two"
            ),
        ]

    def __str__(self) -> str:
        return f"gate {self.pk}"
