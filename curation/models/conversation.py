"""Conversation versions: the unit of deduplication, strata, pairs and rows; and what curation concluded about each."""

import uuid
from typing import ClassVar

from django.apps import apps
from django.db import models
from django.db.models.functions import Now


class ConversationVersionQuerySet(models.QuerySet["ConversationVersion"]):
    """Reads of versions."""

    def with_cost(self) -> "ConversationVersionQuerySet":
        """Adds `cost_now`: US dollars under the last cost revision, else as fixed when it settled; None is not known."""
        revisions = apps.get_model("curation", "CostRevision").objects.filter(version=models.OuterRef("pk"))
        last = models.Subquery(revisions.order_by("-number").values("cost_usd")[:1])
        revised = models.Exists(revisions)
        found: ConversationVersionQuerySet = self.annotate(
            cost_now=models.Case(models.When(revised, then=last), default=models.F("cost_usd"))
        )
        return found


class ConversationVersion(models.Model):
    """The normal form of a trace at one time. Late spans make a new version, never an edit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    trace = models.ForeignKey("curation.Trace", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    day = models.DateField()
    content_hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=32)
    rules = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    redactions = models.JSONField(default=dict)
    turns = models.PositiveIntegerField(default=0)
    tool_calls = models.PositiveIntegerField(default=0)
    tool_errors = models.PositiveIntegerField(default=0)
    prompt_preview = models.CharField(max_length=240, blank=True, default="")
    answer_preview = models.CharField(max_length=240, blank=True, default="")
    topic = models.CharField(max_length=240, blank=True, default="", db_default="")
    """The beginning of what the user said over all turns, "" where there is one: the last turn is often only thanks."""
    prompt_hash = models.CharField(max_length=64, blank=True, default="")
    cost_usd = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    input_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ConversationVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trace", "number"], name="conversation_version_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "content_hash"], name="conversation_content"),
            models.Index(fields=["project", "prompt_hash"], name="conversation_prompt"),
            models.Index(fields=["project", "day"], name="conversation_day"),
        ]

    def __str__(self) -> str:
        return f"{self.trace_id} v{self.number}"


class CurationStep(models.TextChoices):
    """How far curation has come with a version; work is pulled by this state."""

    PENDING = "pending"
    PUBLISHED = "published"
    PROBED = "probed"
    CLUSTERED = "clustered"
    STRATIFIED = "stratified"
    DONE = "done"
    SUPERSEDED = "superseded"


class CurationState(models.Model):
    """The current conclusion about one version: a projection, rebuilt from signatures, edges and label revisions."""

    version = models.OneToOneField(
        ConversationVersion, on_delete=models.CASCADE, primary_key=True, related_name="curation"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=12, choices=CurationStep.choices, default=CurationStep.PENDING)
    drop_reason = models.CharField(max_length=40, blank=True, default="")
    cluster = models.ForeignKey("curation.Cluster", on_delete=models.SET_NULL, null=True, related_name="+")
    is_representative = models.BooleanField(default=False)
    domain = models.CharField(max_length=80, blank=True, default="")
    difficulty = models.CharField(max_length=16, blank=True, default="")
    kind = models.CharField(max_length=24, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    domain_confidence = models.FloatField(null=True)
    difficulty_score = models.FloatField(null=True)
    question_template = models.CharField(max_length=32, blank=True, default="", db_default="")
    answer_template = models.CharField(max_length=32, blank=True, default="", db_default="")
    checked_by = models.ForeignKey(
        "curation.AssetVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    search_spec = models.PositiveSmallIntegerField(db_default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(step__in=CurationStep.values), name="curation_step_known"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "step"], name="curation_step"),
            models.Index(fields=["project", "domain", "difficulty", "kind"], name="curation_stratum"),
            models.Index(fields=["project", "drop_reason"], name="curation_drop_reason"),
            models.Index(fields=["project", "checked_by"], name="curation_checked_by"),
            models.Index(
                fields=["project", "domain_confidence", "version"],
                condition=models.Q(is_representative=True, domain_confidence__isnull=False),
                name="curation_least_sure",
            ),
            models.Index(
                fields=["project", "answer_template"],
                condition=~models.Q(answer_template=""),
                name="curation_answer_template",
            ),
            models.Index(fields=["project", "search_spec"], name="curation_search_spec"),
            models.Index(fields=["project", "language"], name="curation_language"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.step}"


class LabelRevision(models.Model):
    """One labelling of one version on one axis, by the product or by a person; the highest number holds."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ConversationVersion, on_delete=models.PROTECT, related_name="labels")
    axis = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    value = models.CharField(max_length=80)
    confidence = models.FloatField(null=True)
    source = models.CharField(max_length=80)
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "axis", "number"], name="label_revision_once"),
            models.CheckConstraint(
                condition=models.Q(axis__in=["domain", "difficulty", "kind", "language"]),
                name="label_axis_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "axis", "version", "-number"],
                condition=models.Q(author__isnull=False),
                name="label_by_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.axis}={self.value}"


class Drop(models.Model):
    """A version that a curation step left out, with the reason: nothing disappears uncounted."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ConversationVersion, on_delete=models.PROTECT, related_name="drops")
    step = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    dropped_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "step", "reason"], name="drop_once")
        ]
        indexes: ClassVar = [models.Index(fields=["project", "reason", "-id"], name="drop_reason")]

    def __str__(self) -> str:
        return f"{self.step}: {self.reason}"


class Flag(models.Model):
    """What a validator found in a version without leaving it out, under one version of the project's choice. Append-only."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ConversationVersion, on_delete=models.PROTECT, related_name="flags")
    validator = models.CharField(max_length=40)
    policy = models.ForeignKey("curation.AssetVersion", on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(default=dict)
    flagged_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "validator", "policy"], name="flag_once")
        ]
        indexes: ClassVar = [models.Index(fields=["project", "validator", "-id"], name="flag_validator")]

    def __str__(self) -> str:
        return f"{self.validator}: {self.version_id}"


class DomainVector(models.Model):
    """The embedding of a representative's question, kept so that domains can be given anew without embedding it again.

    `vector` is float16, as `core.vectors` packs it; vectors of two models are never compared.
    """

    version = models.OneToOneField(
        ConversationVersion, on_delete=models.CASCADE, primary_key=True, related_name="domain_vector"
    )
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=120)
    vector = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.version_id}: {self.model}"
