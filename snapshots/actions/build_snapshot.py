"""Queue a build, and do it: rows, screening, salts, files, then the seal in one fenced transaction."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.actors import system
from core.audit import emit, record
from core.errors import Refused, Unavailable
from core.jobs import RunningJob, enqueue
from curation.actions.screening import current_quarantine
from snapshots.build.compose import Plan, compose
from snapshots.build.seal import plan_shards, seal
from snapshots.jobs import BUILD
from snapshots.models import Selection, Snapshot
from snapshots.selection import parse_spec
from snapshots.words import EXCLUSIONS, word

ACTOR = system("snapshots")


def build_snapshot(*, who: User | ApiToken, project: Project, selection: Selection) -> Snapshot:
    """A snapshot in the making; its job shows progress. The newest sealed one of the kind is its parent."""
    require(who, "snapshot.create", project)
    if selection.project_id != project.pk:
        raise Refused("other_project", _("This selection belongs to another project."))
    quarantine = current_quarantine(project)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        earlier = Snapshot.objects.filter(project=project)
        snapshot = Snapshot(
            id=uuid.uuid4(),
            project=project,
            selection=selection,
            parent=earlier.filter(kind=selection.kind, state="sealed").order_by("-number").first(),
            kind=selection.kind,
            name=selection.name,
            number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
            quarantine=quarantine,
            created_by=person_behind(who),
        )
        snapshot.job = enqueue(
            kind=BUILD,
            project_id=project.pk,
            payload={"snapshot": str(snapshot.pk)},
            dedupe_key=str(snapshot.pk),
            lease_seconds=60,
        )
        snapshot.save(force_insert=True)
        record(actor=who.actor, verb="snapshot.build", subject=snapshot, project_id=project.pk)
        emit(subject=snapshot, name="building", project_id=project.pk, to_state="building")
    return snapshot


def run_build(running: RunningJob) -> dict[str, Any] | None:
    """The job: idempotent up to the seal, which only the attempt that holds the lease can commit."""
    related = ("project", "selection", "quarantine__asset", "parent")
    snapshot = Snapshot.objects.select_related(*related).get(pk=running.payload["snapshot"])
    if snapshot.state == "sealed":
        return {"root": snapshot.root, "rows": snapshot.row_count}
    try:
        return _build(snapshot, running)
    except Unavailable:
        raise
    except Refused as refusal:
        _fail(snapshot, str(refusal), running)
        raise


def _build(snapshot: Snapshot, running: RunningJob) -> dict[str, Any]:
    spec = parse_spec(snapshot.selection.spec)
    plan = compose(snapshot.project, spec, snapshot.quarantine, running.progress)
    _require_rows(plan)
    running.progress(len(plan.rows), len(plan.rows), "writing files")
    shards = plan_shards(snapshot, plan)
    running.progress(len(plan.rows), len(plan.rows), "sealing")
    with running.fence():
        _require_current(snapshot)
        try:
            root = seal(snapshot, plan, shards)
        except OSError as fault:
            raise Unavailable(
                "storage_unavailable",
                _("The files of the snapshot could not be stored: %(fault)s.")
                % {"fault": fault.strerror or fault},
                hint=_(
                    "Nothing was sealed. Once the storage has room and answers, the build is tried again."
                ),
            ) from fault
        data = {"root": root, "rows": len(plan.rows)}
        record(actor=ACTOR, verb="snapshot.seal", subject=snapshot, project_id=snapshot.project_id, data=data)
        emit(
            subject=snapshot,
            name="sealed",
            project_id=snapshot.project_id,
            from_state="building",
            to_state="sealed",
            data=data,
        )
    return data


def _require_rows(plan: Plan) -> None:
    if plan.rows:
        return
    most = plan.tally.dropped.most_common(3)
    why = ", ".join(f"{word(EXCLUSIONS, name)[0]} ({count})" for name, count in most)
    raise Refused(
        "no_rows",
        _("Nothing of this selection may enter a snapshot."),
        hint=_("Of %(n)d candidates most stayed out as: %(why)s.")
        % {"n": plan.tally.candidates, "why": why or "–"},
    )


def _require_current(snapshot: Snapshot) -> None:
    if current_quarantine(snapshot.project).pk != snapshot.quarantine_id:
        raise Refused(
            "quarantine_moved",
            _("The quarantine got a new version while this snapshot was built."),
            hint=_("Build it again: rows are screened against the new version."),
        )


def _fail(snapshot: Snapshot, error: str, running: RunningJob) -> None:
    with running.fence():
        Snapshot.objects.filter(pk=snapshot.pk, state="building").update(state="failed", error=error)
        emit(
            subject=snapshot,
            name="failed",
            project_id=snapshot.project_id,
            from_state="building",
            to_state="failed",
            data={"error": error},
        )
