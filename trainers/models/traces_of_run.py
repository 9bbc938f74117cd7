"""What a run left behind: metrics, samples, artifacts. Each is stored once, whoever delivers it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from trainers.models.run import Run


class Metric(models.Model):
    """One number at one step."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="metrics")
    attempt = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    step = models.PositiveIntegerField()
    value = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name", "step"], name="metric_once")]

    def __str__(self) -> str:
        return f"{self.name}@{self.step}={self.value}"


class Sample(models.Model):
    """What the model says to one prompt, beside what its reference said."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="samples")
    step = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    prompt = models.TextField()
    text = models.TextField()
    reference_text = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "step", "number"], name="sample_once")
        ]

    def __str__(self) -> str:
        return self.prompt[:60]


class Artifact(models.Model):
    """One published file, named by its sha256. Append-only."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="artifacts")
    attempt = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "path"], name="artifact_once")]

    def __str__(self) -> str:
        return self.path
