"""Red-team corpora: prompts that attack a model, each for teaching refusals or for measuring them, never for both."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from curation.models.assets import AssetVersion


class RedTeamRole(models.TextChoices):
    """What an item may be used for."""

    TRAIN_REFUSAL = "train_refusal", _("Teaches refusals")
    EVAL_ONLY = "eval_only", _("Measures only")


class RedTeamItem(models.Model):
    """One prompt of one version of a corpus. `digest` is of its letters: the same prompt is in a version once, in one role."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AssetVersion, on_delete=models.PROTECT, related_name="red_team_items")
    external_id = models.CharField(max_length=128)
    text = models.TextField()
    role = models.CharField(max_length=16, choices=RedTeamRole.choices)
    category = models.CharField(max_length=80, blank=True, default="")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "external_id"], name="red_team_item_once"),
            models.UniqueConstraint(fields=["version", "digest"], name="red_team_text_once"),
            models.CheckConstraint(condition=Q(role__in=RedTeamRole.values), name="red_team_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.external_id}"


class DisjointnessProof(models.Model):
    """A version's roles were compared with each other and its training items with a quarantine version.

    `compared` is the sha256 of the version whose items were read, `items` how many; `violations` names pairs that are too
    near: a corpus is in force only with a proof without any, against the quarantine in force (migration 0016).
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AssetVersion, on_delete=models.PROTECT, related_name="proofs")
    quarantine = models.ForeignKey(AssetVersion, on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=64)
    compared = models.CharField(max_length=64)
    items = models.PositiveIntegerField()
    violations = models.JSONField(default=list)
    proved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "quarantine", "engine"], name="proof_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} against {self.quarantine}: {len(self.violations)} violations"
