"""Reads for the snapshot pages and API."""

import uuid
from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import Project
from core.errors import NotFound
from core.models import AuditEntry
from curation.models import Asset, CurationState
from curation.models.assets import AssetKind
from snapshots.diff import Moved, SnapshotDiff, diff_counts, diff_leaves
from snapshots.models import Approval, Review, Snapshot, SnapshotRow

SHOWN = ("building", "failed", "sealed", "requested", "approved", "refused", "withdrawn")
AXES = ("domain", "difficulty", "kind", "language")


def with_standing(snapshots: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    """Adds `shown`: one word of SHOWN that says where the snapshot stands."""
    approvals = Approval.objects.filter(snapshot=OuterRef("pk"))
    reviews = Review.objects.filter(snapshot=OuterRef("pk"))
    dead_job = Q(state="building", job__state__in=["failed", "cancelled"])
    return snapshots.annotate(
        shown=Case(
            When(Q(state="failed") | dead_job, then=Value("failed")),
            When(state="building", then=Value("building")),
            When(Exists(approvals.filter(withdrawal__isnull=True)), then=Value("approved")),
            When(Exists(reviews.filter(state="open")), then=Value("requested")),
            When(Exists(approvals), then=Value("withdrawn")),
            When(Exists(reviews.filter(state="refused")), then=Value("refused")),
            default=Value("sealed"),
            output_field=CharField(),
        )
    )


def find_snapshot(project: Project, snapshot_id: uuid.UUID) -> Snapshot:
    """A snapshot of this project with its standing, or the refusal a stranger gets."""
    related = ("project", "selection", "quarantine__asset", "parent", "job", "created_by")
    found = with_standing(Snapshot.objects.filter(project=project, pk=snapshot_id)).select_related(*related)
    snapshot = found.first()
    if snapshot is None:
        raise NotFound("snapshot_not_found", _("There is no such snapshot in this project."))
    return snapshot


def find_review(project: Project, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> Review:
    """A review of a snapshot of this project."""
    reviews = Review.objects.filter(project=project, snapshot=snapshot_id, pk=review_id)
    related = ("project", "snapshot__project", "snapshot__selection", "requested_by", "decided_by")
    review = reviews.select_related(*related).first()
    if review is None:
        raise NotFound("review_not_found", _("There is no such review in this project."))
    return review


def find_row(snapshot: Snapshot, leaf: str) -> SnapshotRow:
    """A row by its leaf."""
    related = ("content", "content__tombstone", "trace", "version", "snapshot")
    row = SnapshotRow.objects.filter(snapshot=snapshot, leaf=leaf).select_related(*related).first()
    if row is None:
        raise NotFound("row_not_found", _("This snapshot has no such row."))
    return row


def standing_approval(snapshot: Snapshot) -> Approval | None:
    """The signature that stands, if one does."""
    approvals = Approval.objects.standing().filter(snapshot=snapshot)
    return approvals.select_related("requester", "approver", "snapshot", "project").first()


@dataclass(frozen=True)
class Change:
    """How a snapshot differs from its parent."""

    parent: Snapshot
    leaves: SnapshotDiff
    reasons: list[Moved]
    strata: list[Moved]


def change_since_parent(snapshot: Snapshot) -> Change | None:
    """Rows and counts against the parent; None for the first of its kind."""
    parent = snapshot.parent
    if parent is None or snapshot.state != "sealed":
        return None
    before, after = (
        set(SnapshotRow.objects.filter(snapshot=one).values_list("leaf", flat=True))
        for one in (parent, snapshot)
    )
    old, new = parent.manifest["counts"], snapshot.manifest["counts"]
    return Change(
        parent,
        diff_leaves(before, after),
        diff_counts(old["by_reason"], new["by_reason"]),
        diff_counts(old["strata"], new["strata"]),
    )


def axis_values(project: Project) -> dict[str, list[str]]:
    """Values of each stratum axis that occur in the project."""
    states = CurationState.objects.filter(project=project)
    return {
        axis: list(states.exclude(**{axis: ""}).order_by(axis).values_list(axis, flat=True).distinct()[:60])
        for axis in AXES
    }


def recipes_of(project: Project) -> list[tuple[str, str]]:
    """The newest version of every recipe of the project: the name a selection knows it by, and how it is shown."""
    assets = Asset.objects.filter(project=project, kind=AssetKind.RECIPE, current__isnull=False)
    found = assets.order_by("name").values_list("name", "current__number")
    return [(f"{name}@{number}", f"{name} v{number}") for name, number in found]


def history_of(snapshot: Snapshot) -> QuerySet[AuditEntry]:
    """What was done to a snapshot, newest first."""
    entries = AuditEntry.objects.filter(subject_type="snapshots.snapshot", subject_id=str(snapshot.pk))
    return entries.order_by("-id")
