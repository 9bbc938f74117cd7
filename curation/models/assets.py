"""Versioned assets: policies, guidelines, redaction rules, quarantine sets, red-team corpora. Versions are append-only."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class AssetKind(models.TextChoices):
    """What an asset governs."""

    REDACTION_RULES = "redaction_rules"
    QUARANTINE = "quarantine"
    GUIDELINES = "guidelines"
    POLICY = "policy"
    TAXONOMY = "taxonomy"
    RED_TEAM = "red_team"
    PRICE_BOOK = "price_book"
    VALIDATORS = "validators"
    DIFFICULTY = "difficulty"
    QUOTAS = "quotas"
    RECIPE = "recipe"


class Asset(models.Model):
    """A name with a current version; the pointer moves, versions never change."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=AssetKind.choices)
    name = models.CharField(max_length=80)
    current = models.ForeignKey(
        "curation.AssetVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "kind", "name"], name="asset_once"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(kind="quarantine"), name="asset_one_quarantine"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class AssetVersion(models.Model):
    """One state of an asset, named by number and by the sha256 of its body."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asset", "number"], name="asset_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} v{self.number}"
