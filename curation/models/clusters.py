"""Persistent MinHash LSH: signatures, band keys, verified edges (the audit trail), and the clusters made from them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class SignatureSpec(models.Model):
    """How signatures are made; two specs are never compared."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    normaliser = models.CharField(max_length=40)
    shingle = models.PositiveSmallIntegerField()
    permutations = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    scheme = models.CharField(max_length=24)
    bands = models.PositiveSmallIntegerField()
    rows = models.PositiveSmallIntegerField()
    threshold = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(permutations__gte=F("bands") * F("rows")), name="spec_bands_fit")
        ]

    def __str__(self) -> str:
        return self.name


class Signature(models.Model):
    """One view of one version under one spec: 128 × uint32 MinHash, sorted shingle hashes for exact verification."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="signatures")
    spec = models.ForeignKey(SignatureSpec, on_delete=models.PROTECT, related_name="+")
    view = models.CharField(max_length=16)
    exact_hash = models.BinaryField(max_length=32)
    minhash = models.BinaryField()
    shingles = models.BinaryField()
    shingle_count = models.PositiveIntegerField()
    probed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "view", "spec"], name="signature_once")]
        indexes: ClassVar = [
            models.Index(fields=["project", "spec", "view", "exact_hash"], name="signature_exact"),
            models.Index(fields=["project", "id"], condition=Q(probed_at__isnull=True), name="signature_unprobed"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.view}"


class Band(models.Model):
    """One LSH band key of one signature; the band number, project, view and spec are mixed into the 64-bit key."""

    pk = models.CompositePrimaryKey("key", "signature_id")
    key = models.BigIntegerField()
    signature_id = models.BigIntegerField()

    class Meta:
        db_table = "curation_band"

    def __str__(self) -> str:
        return f"{self.key}:{self.signature_id}"


class DuplicateEdge(models.Model):
    """Two signatures whose exact Jaccard similarity reaches the threshold."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    low = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="edges_up")
    high = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="edges_down")
    jaccard = models.FloatField()
    verified_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["low", "high"], name="edge_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="edge_ordered"),
            models.CheckConstraint(condition=Q(jaccard__gte=0) & Q(jaccard__lte=1), name="edge_jaccard_range"),
        ]

    def __str__(self) -> str:
        return f"{self.low_id}–{self.high_id}: {self.jaccard:.2f}"


class Cluster(models.Model):
    """A star of near-duplicates: every member is at least as similar to the representative as the threshold."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="clusters")
    spec = models.ForeignKey(SignatureSpec, on_delete=models.PROTECT, related_name="+")
    view = models.CharField(max_length=16)
    representative = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="+")
    size = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["spec", "view", "representative"], name="cluster_one_per_representative")
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-size", "id"], name="cluster_largest")]

    def __str__(self) -> str:
        return f"cluster {self.pk} ({self.size})"


class ClusterMember(models.Model):
    """Membership of a version, with its similarity to the representative (1 for itself)."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members")
    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, related_name="membership")
    version = models.ForeignKey("curation.ConversationVersion", on_delete=models.PROTECT, related_name="memberships")
    jaccard = models.FloatField()

    def __str__(self) -> str:
        return f"{self.version_id} in {self.cluster_id}"
