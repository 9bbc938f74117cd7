"""The proof that a content was compared with the quarantine: what a snapshot row must name (invariant 3)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Screening(models.Model):
    """This content against that quarantine version: clean, or a hit with the contaminated span as evidence."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    quarantine = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="screenings")
    verdict = models.CharField(max_length=8)
    item = models.ForeignKey("curation.QuarantineItem", on_delete=models.PROTECT, null=True, related_name="hits")
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, null=True, related_name="screenings"
    )
    evidence = models.JSONField(default=dict)
    screened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "content_hash", "quarantine"], name="screening_once"),
            models.UniqueConstraint(
                fields=["project", "content_hash", "quarantine", "verdict"], name="screening_verdict_key"
            ),
            models.CheckConstraint(condition=models.Q(verdict__in=["clean", "hit"]), name="screening_verdict_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "verdict", "-id"], name="screening_hits")]

    def __str__(self) -> str:
        return f"{self.content_hash[:12]}: {self.verdict}"
