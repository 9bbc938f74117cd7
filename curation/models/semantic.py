"""Recipes' runs, and suggestions of the semantic tier with what people said of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class RecipeRun(models.Model):
    """What one version of a recipe chose at one time: the same data gives the same fingerprint. Append-only."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    recipe = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="recipe_runs")
    chosen = models.PositiveIntegerField()
    left_out = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    moved = models.JSONField(default=list)
    run_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    run_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["recipe", "-id"], name="recipe_run_newest")]

    def __str__(self) -> str:
        return f"{self.chosen} by recipe version {self.recipe_id}"


class SemanticVector(models.Model):
    """The embedding of one representative, as float16. Goes with its day and when its version is superseded (triggers)."""

    version = models.OneToOneField(
        "curation.ConversationVersion",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="semantic_vector",
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    day = models.DateField(db_index=True)
    model = models.CharField(max_length=80)
    vector = models.BinaryField()
    compared = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "compared"], name="semantic_compared")]

    def __str__(self) -> str:
        return str(self.version_id)


class SemanticPair(models.Model):
    """Two representatives that are near in meaning: cosine of their embeddings. A suggestion from the threshold on."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    low = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="+")
    high = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="+")
    cosine = models.FloatField()
    model = models.CharField(max_length=80)
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["low", "high"], name="semantic_pair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="semantic_pair_ordered"),
            models.CheckConstraint(
                condition=Q(cosine__gte=-1) & Q(cosine__lte=1), name="semantic_cosine_range"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-cosine", "-id"], name="semantic_nearest"),
            models.Index(fields=["high"], name="semantic_high"),
        ]

    def __str__(self) -> str:
        return f"{self.cosine:.3f}"


class SemanticThreshold(models.Model):
    """From which cosine on a pair is suggested, as a lead set it and when. Append-only; the highest number holds."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    value = models.FloatField()
    note = models.CharField(max_length=400, blank=True, default="")
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="semantic_threshold_once"),
            models.CheckConstraint(
                condition=Q(value__gte=0.5) & Q(value__lte=1), name="semantic_threshold_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value:.3f} v{self.number}"


class SemanticDecision(models.Model):
    """What a person said of a suggestion: the same, or not. Append-only; the highest number of a pair holds."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    pair = models.ForeignKey(SemanticPair, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    accepted = models.BooleanField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pair", "number"], name="semantic_decision_once")
        ]

    def __str__(self) -> str:
        return "the same" if self.accepted else "not the same"
