"""Ties nobody was asked about: two answers to one question that no reader can tell apart."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class AutomaticTie(models.Model):
    """The same words from two sides. No item: it is never served, nobody votes on it, and it becomes no row. Append-only.

    Sides stand in the order of their generators; one response may stand on both where two models said the very same.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("annotation.Campaign", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="+")
    response_a = models.ForeignKey("annotation.Response", on_delete=models.PROTECT, related_name="+")
    response_b = models.ForeignKey("annotation.Response", on_delete=models.PROTECT, related_name="+")
    generator_a = models.CharField(max_length=120, blank=True, default="")
    generator_b = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=24)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "fingerprint", "generator_a", "generator_b"], name="automatic_tie_once"
            ),
            models.CheckConstraint(
                condition=~Q(response_a=F("response_b")) | ~Q(generator_a=F("generator_b")),
                name="automatic_tie_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.generator_a} = {self.generator_b}"
