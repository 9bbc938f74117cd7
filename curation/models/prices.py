"""What a conversation costs under a later price book: revisions beside the version, which itself is never edited."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class CostRevision(models.Model):
    """The cost of one conversation version under one version of the price book; the latest one holds."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="cost_revisions"
    )
    number = models.PositiveIntegerField()
    cost_usd = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    book = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "number"], name="cost_revision_once"),
            models.CheckConstraint(condition=models.Q(cost_usd__gte=0), name="cost_revision_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.cost_usd}"
