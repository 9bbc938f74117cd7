"""What the training API takes and gives."""

from typing import Any

from rest_framework import serializers

from trainers.models import Artifact, Metric, ModelVersion, Run


class LaunchIn(serializers.Serializer[Any]):
    """Which recipe, on which approval, from which model. Repeating it while the run lives gives the same run."""

    approval = serializers.UUIDField()
    recipe = serializers.CharField(max_length=60)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]
    reference = serializers.UUIDField(required=False, allow_null=True)
    seed = serializers.IntegerField(default=7, min_value=0, max_value=2**31 - 1)
    parameters = serializers.DictField(required=False)


class RunOut(serializers.ModelSerializer[Run]):
    """A run as its page shows it; `eta_seconds` is null where it is not known."""

    recipe = serializers.StringRelatedField[Any]()
    parameters = serializers.JSONField(source="recipe.spec")
    snapshot = serializers.UUIDField(source="approval.snapshot_id")
    root = serializers.CharField(source="approval.root")  # type: ignore[assignment]
    model = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            "id",
            "kind",
            "state",
            "recipe",
            "parameters",
            "approval",
            "snapshot",
            "root",
            "parent",
            "reference",
            "spec_sha256",
            "step",
            "total_steps",
            "eta_seconds",
            "summary",
            "error",
            "model",
            "created_at",
            "started_at",
            "finished_at",
        )

    def get_model(self, run: Run) -> str | None:
        """The model it made, if it made one."""
        made = getattr(run, "model_version", None)
        return str(made.pk) if made else None


class MetricOut(serializers.ModelSerializer[Metric]):
    """One number at one step."""

    class Meta:
        model = Metric
        fields = ("name", "step", "value", "attempt", "at")


class ArtifactOut(serializers.ModelSerializer[Artifact]):
    """One published file."""

    class Meta:
        model = Artifact
        fields = ("id", "path", "kind", "sha256", "bytes", "attempt", "published_at")


class ModelOut(serializers.ModelSerializer[ModelVersion]):
    """A model version; its card is Markdown."""

    class Meta:
        model = ModelVersion
        fields = (
            "id",
            "name",
            "number",
            "kind",
            "run",
            "parent",
            "base",
            "weights_sha256",
            "bytes",
            "evaluation",
            "card",
            "created_at",
        )
