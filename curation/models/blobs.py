"""Long values of spans that lie in storage under the hash of their content, and which traces name them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Blob(models.Model):
    """One redacted value over 256 KB. `sha256` names its content, `stored` the compressed file in storage.

    The file's own name is the hash of the compressed bytes, so that no blob can have the name of another kind of file.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mime_type = models.CharField(max_length=120, blank=True, default="")
    first_seen = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "sha256"], name="blob_once")]
        indexes: ClassVar = [models.Index(fields=["stored"], name="blob_stored")]

    def __str__(self) -> str:
        return self.sha256[:12]


class BlobReference(models.Model):
    """A trace whose spans name a blob; retention removes it with the trace's day unless a body of the trace is pinned."""

    id = models.BigAutoField(primary_key=True)
    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="references")
    trace = models.ForeignKey("curation.Trace", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blob", "trace"], name="blob_reference_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="blob_reference_day")]

    def __str__(self) -> str:
        return f"{self.blob_id} in {self.trace_id}"
