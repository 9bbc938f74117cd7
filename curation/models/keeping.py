"""What a project chose of deduplication: who stands for a cluster, and by which view duplicates are left out."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Keep(models.TextChoices):
    """Who stands for a cluster: the first of these, then the longest, then by content. Among twins: by this, then the oldest."""

    LONGEST = "longest", _("Longest")
    NEWEST = "newest", _("Newest")
    BEST_RATED = "best_rated", _("Best rated")
    MOST_ANNOTATORS = "most_annotators", _("Seen by most annotators")


class DeduplicationChoice(models.Model):
    """One per project that wants anything but the default; a change sends its clusters back to the merger."""

    project = models.OneToOneField(
        "accounts.Project", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    keep = models.CharField(max_length=16, choices=Keep.choices, default=Keep.LONGEST)
    dropping_view = models.CharField(max_length=16, default="whole")
    chosen_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(keep__in=Keep.values), name="keep_policy_known"),
            models.CheckConstraint(
                condition=models.Q(dropping_view__in=["whole", "prompt", "answer", "skeleton"]),
                name="dropping_view_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.keep}"
