"""Persistent MinHash LSH: distinct texts with their band keys, verified edges (the audit trail), and the clusters made from them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class SignatureSpec(models.Model):
    """How texts are made from conversations, signed and compared; two specs are never compared."""

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
    mode = models.CharField(max_length=8, default="text")
    views = models.CharField(max_length=40, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(permutations__gte=F("bands") * F("rows")), name="spec_bands_fit"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DistinctText(models.Model):
    """One text of one view, however many versions say it: sorted uint32 shingle hashes, and what decides its place in the order.

    `exact` is the keyed hash of project, spec, view and normalised words. `crowded`: met in a bucket too full to compare all
    with all, so its edges lead to representatives only, and as a member it has no band keys.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    spec = models.ForeignKey(SignatureSpec, on_delete=models.PROTECT, related_name="+", db_index=False)
    view = models.CharField(max_length=16)
    exact = models.BinaryField(max_length=16, unique=True)
    shingles = models.BinaryField()
    shingle_count = models.PositiveIntegerField()
    eligible = models.BooleanField(default=True)
    crowded = models.BooleanField(default=False)
    rank = models.FloatField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "spec"], name="distinct_text_spec")]

    def __str__(self) -> str:
        return f"{self.view} {self.pk}"


class Signature(models.Model):
    """Which text one view of one version is, under one spec."""

    pk = models.CompositePrimaryKey("version", "view", "spec")
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    view = models.CharField(max_length=16)
    spec = models.ForeignKey(
        SignatureSpec, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    text = models.ForeignKey(DistinctText, on_delete=models.PROTECT, related_name="signatures")

    def __str__(self) -> str:
        return f"{self.version_id} {self.view}"


class Band(models.Model):
    """The band keys of one text, a column and an index for each (`b00` … `b19`); project, view and spec are mixed into every key."""

    text = models.OneToOneField(DistinctText, on_delete=models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        db_table = "curation_band"

    def __str__(self) -> str:
        return str(self.text_id)


class RestingBand(models.Model):
    """The band keys of a crowded text that another one stands for: kept, and not probed for."""

    text = models.OneToOneField(DistinctText, on_delete=models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        db_table = "curation_band_resting"

    def __str__(self) -> str:
        return str(self.text_id)


class DuplicateEdge(models.Model):
    """Two texts of one spec and view whose exact Jaccard similarity reaches the threshold."""

    pk = models.CompositePrimaryKey("low", "high")
    low = models.ForeignKey(DistinctText, on_delete=models.CASCADE, related_name="edges_up", db_index=False)
    high = models.ForeignKey(DistinctText, on_delete=models.CASCADE, related_name="edges_down")
    spec = models.ForeignKey(
        SignatureSpec, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    jaccard = models.FloatField()
    verified_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="edge_ordered"),
            models.CheckConstraint(
                condition=Q(jaccard__gte=0) & Q(jaccard__lte=1), name="edge_jaccard_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.low_id}–{self.high_id}: {self.jaccard:.2f}"


class StarPlace(models.Model):
    """A text that another one stands for, with their similarity; a text without a place stands for itself."""

    text = models.OneToOneField(
        DistinctText, on_delete=models.CASCADE, primary_key=True, related_name="place"
    )
    centre = models.ForeignKey(DistinctText, on_delete=models.CASCADE, related_name="followers")
    jaccard = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=F("centre")), name="star_place_of_another")
        ]

    def __str__(self) -> str:
        return f"{self.text_id} → {self.centre_id}"


class CallForm(models.Model):
    """A conversation as it stood after one of its answers, by keyed hash: equal in two versions of one session when the shorter
    is how the longer began. `whole` marks the form that is all of the version."""

    pk = models.CompositePrimaryKey("form", "version")
    form = models.BigIntegerField()
    version = models.ForeignKey("curation.ConversationVersion", on_delete=models.CASCADE, related_name="+")
    length = models.PositiveIntegerField()
    whole = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.version_id} after {self.length}"


class ClusterWork(models.Model):
    """What a published signature still waits for: its text to be probed, or to be put into its cluster.

    `fresh`: it brought the text, which no cluster knows yet.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    text = models.ForeignKey(DistinctText, on_delete=models.CASCADE, related_name="+")
    version_id = models.UUIDField(null=True)
    stage = models.CharField(max_length=8)
    fresh = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stage__in=["probe", "merge"]), name="cluster_work_stage_known")
        ]
        indexes: ClassVar = [models.Index(fields=["project", "stage", "id"], name="cluster_work_next")]

    def __str__(self) -> str:
        return f"{self.stage} {self.text_id}"


class Cluster(models.Model):
    """A star of two versions or more: every member's text is at least as similar to the centre as the threshold."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="clusters")
    spec = models.ForeignKey(SignatureSpec, on_delete=models.PROTECT, related_name="+")
    view = models.CharField(max_length=16)
    centre = models.OneToOneField(DistinctText, on_delete=models.PROTECT, related_name="cluster")
    representative = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="+"
    )
    size = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["spec", "view", "representative"], name="cluster_one_per_representative"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-size", "id"], name="cluster_largest")]

    def __str__(self) -> str:
        return f"cluster {self.pk} ({self.size})"


class ClusterMember(models.Model):
    """Membership of a version, with its similarity to the centre (1 for itself and its twins)."""

    id = models.BigAutoField(primary_key=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members", db_index=False)
    version = models.ForeignKey(
        "curation.ConversationVersion", on_delete=models.PROTECT, related_name="memberships"
    )
    jaccard = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cluster", "version"], name="cluster_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} in {self.cluster_id}"
