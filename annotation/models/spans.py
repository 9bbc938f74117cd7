"""Stretches of an answer that somebody marked: what exactly is ungrounded, wrong or unsafe."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class JudgmentSpan(models.Model):
    """One mark of one revision, append-only: `response.text[start:end] == quote`, in Unicode code points.

    `passage` is the place of the passage meant among those the answer was given (from 0), `document_id` its document.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(
        "annotation.JudgmentRevision", on_delete=models.PROTECT, related_name="spans"
    )
    response = models.ForeignKey("annotation.Response", on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    label = models.CharField(max_length=16)
    passage = models.PositiveSmallIntegerField(null=True)
    document_id = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["revision", "response", "start", "end", "label"], name="judgment_span_once"
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="judgment_span_not_empty"),
            models.CheckConstraint(
                condition=Q(label__in=["ungrounded", "contradicted", "wrong", "unsafe"]),
                name="judgment_span_label_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.quote[:40]}"
