"""Everything one thing hangs together with, found in both directions from wherever one starts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from accounts.models import Project
from annotation.models import JudgmentRevision
from core.errors import NotFound
from curation.models import ConversationVersion, Trace
from snapshots.models import Approval, Snapshot, SnapshotRow
from trainers.models import ModelVersion, Run

GENERATIONS = 8


@dataclass(frozen=True)
class Thread:
    """The sets a lineage runs through; each is a query that shows its first few and a capped count."""

    kind: str
    label: str
    versions: QuerySet[ConversationVersion]
    revisions: QuerySet[JudgmentRevision]
    rows: QuerySet[SnapshotRow]
    snapshots: QuerySet[Snapshot]
    approvals: QuerySet[Approval]
    runs: QuerySet[Run]
    models: QuerySet[ModelVersion]
    row: SnapshotRow | None = None


def _found(queryset: QuerySet, identity: str) -> object:  # type: ignore[type-arg]
    try:
        found = queryset.filter(pk=identity).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound("lineage_not_found", "There is nothing of that name in this project.")
    return found


def _descendants(runs: QuerySet[Run]) -> tuple[QuerySet[Run], QuerySet[ModelVersion]]:
    """The runs, and every later run that started from one of their models, generation by generation."""
    run_ids = set(runs.values_list("pk", flat=True))
    for _ in range(GENERATIONS):
        later = set(Run.objects.filter(parent__run__in=run_ids).values_list("pk", flat=True)) - run_ids
        if not later:
            break
        run_ids |= later
    found = Run.objects.filter(pk__in=run_ids).order_by("created_at")
    return found, ModelVersion.objects.filter(run__in=run_ids).order_by("created_at")


def _ancestors(run: Run) -> QuerySet[Run]:
    """The run and the runs its starting weights came from."""
    chain, current = [run.pk], run
    for _ in range(GENERATIONS):
        if current.parent_id is None or current.parent is None:
            break
        current = current.parent.run
        chain.append(current.pk)
    return Run.objects.filter(pk__in=chain).order_by("created_at")


def _onwards(
    kind: str,
    label: str,
    rows: QuerySet[SnapshotRow],
    versions: QuerySet[ConversationVersion],
    revisions: QuerySet[JudgmentRevision],
    row: SnapshotRow | None = None,
) -> Thread:
    snapshots = Snapshot.objects.filter(rows__in=rows).distinct().order_by("number")
    approvals = Approval.objects.filter(snapshot__in=snapshots).order_by("approved_at")
    runs, models = _descendants(Run.objects.filter(approval__in=approvals))
    return Thread(kind, label, versions, revisions, rows, snapshots, approvals, runs, models, row)


def of_row(project: Project, identity: str) -> Thread:
    """One row of a snapshot."""
    row = _found(SnapshotRow.objects.filter(project=project).select_related("content", "snapshot"), identity)
    assert isinstance(row, SnapshotRow)
    versions = ConversationVersion.objects.filter(
        Q(pk=row.version_id) | Q(pk__in=row.sources.values("version"))
    )
    revisions = JudgmentRevision.objects.filter(rows__row=row)
    return _onwards("row", row.leaf[:8], SnapshotRow.objects.filter(pk=row.pk), versions, revisions, row)


def of_trace(project: Project, identity: str) -> Thread:
    """One trace, with every row it went into."""
    trace = _found(Trace.objects.filter(project=project), identity)
    assert isinstance(trace, Trace)
    rows = SnapshotRow.objects.filter(Q(trace=trace) | Q(sources__trace=trace)).distinct().order_by("pk")
    versions = trace.versions.order_by("number")
    revisions = JudgmentRevision.objects.filter(judgment__item__version__trace=trace)
    return _onwards("trace", trace.external_id[:12], rows, versions, revisions)


def of_snapshot(project: Project, identity: str) -> Thread:
    """One snapshot with all its rows."""
    snapshot = _found(Snapshot.objects.filter(project=project), identity)
    assert isinstance(snapshot, Snapshot)
    return _from_snapshots("snapshot", str(snapshot), Snapshot.objects.filter(pk=snapshot.pk))


def _from_snapshots(
    kind: str,
    label: str,
    snapshots: QuerySet[Snapshot],
    runs: QuerySet[Run] | None = None,
    models: QuerySet[ModelVersion] | None = None,
    approvals: QuerySet[Approval] | None = None,
) -> Thread:
    rows = SnapshotRow.objects.filter(snapshot__in=snapshots).order_by("snapshot", "position")
    versions = ConversationVersion.objects.filter(
        Q(pk__in=rows.order_by().values("version")) | Q(pk__in=rows.order_by().values("sources__version"))
    )
    revisions = JudgmentRevision.objects.filter(rows__row__snapshot__in=snapshots).distinct()
    if approvals is None:
        approvals = Approval.objects.filter(snapshot__in=snapshots).order_by("approved_at")
    if runs is None or models is None:
        runs, models = _descendants(Run.objects.filter(approval__in=approvals))
    return Thread(kind, label, versions, revisions, rows, snapshots, approvals, runs, models)


def of_run(project: Project, identity: str) -> Thread:
    """One run: the approval it named, the weights it started from, the model it made."""
    run = _found(Run.objects.filter(project=project).select_related("parent__run"), identity)
    assert isinstance(run, Run)
    return _from_run("run", str(run), run)


def of_model(project: Project, identity: str) -> Thread:
    """One model version, back to the data of every run in its ancestry."""
    model = _found(ModelVersion.objects.filter(project=project).select_related("run__parent__run"), identity)
    assert isinstance(model, ModelVersion)
    return _from_run("model", str(model), model.run)


def _from_run(kind: str, label: str, run: Run) -> Thread:
    chain = _ancestors(run)
    later, models = _descendants(Run.objects.filter(pk=run.pk))
    runs = (chain | later).order_by("created_at")
    approvals = Approval.objects.filter(pk__in=chain.order_by().values("approval")).order_by("approved_at")
    snapshots = Snapshot.objects.filter(approvals__in=approvals).distinct().order_by("number")
    made = ModelVersion.objects.filter(run__in=chain) | models
    return _from_snapshots(kind, label, snapshots, runs, made.order_by("created_at"), approvals)


STARTS: dict[str, Callable[[Project, str], Thread]] = {
    "row": of_row,
    "trace": of_trace,
    "snapshot": of_snapshot,
    "run": of_run,
    "model": of_model,
}


def thread_of(project: Project, kind: str, identity: str) -> Thread:
    """The thread through one thing; unknown kinds and foreign ids are not found."""
    if kind not in STARTS:
        raise NotFound("lineage_not_found", "There is nothing of that name in this project.")
    return STARTS[kind](project, identity)
