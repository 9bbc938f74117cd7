"""A run that succeeded becomes a model: files stored by their hash, one version, one card; once, by the holder."""

from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core import storage
from core.actors import system
from core.audit import emit, record
from core.jobs import RunningJob
from snapshots.models import Withdrawal
from trainers.carding import card_of
from trainers.folder import AttemptFolder
from trainers.manifests import Unverified, verify
from trainers.models import Artifact, Attempt, ModelVersion, Run
from trainers.states import SUCCEEDED, before

WEIGHTS = "model/model.safetensors"
KINDS = {"safetensors": "weights", "json": "configuration", "txt": "log"}


class Withdrawn(Exception):
    """The approval was withdrawn before the model was registered; the message says so."""


def register(run: Run, running: RunningJob, folder: AttemptFolder, result: dict[str, Any]) -> None:
    """Store the published files, then write rows, version, card and the job's end in one fenced transaction.

    The training texts do not stay in the run folder: an erasure would not find them there.
    """
    manifest = _verified(folder)
    for entry in manifest["files"]:
        storage.put((folder.run.artifacts / entry["path"]).read_bytes())
    facts = manifest["facts"]
    with running.fence():
        _require_standing(run)
        Artifact.objects.bulk_create([_artifact(run, running.attempt, entry) for entry in manifest["files"]])
        Run.objects.filter(pk=run.pk).update(
            summary={**facts, "seconds": result["seconds"]}, step=result["step"]
        )
        run.refresh_from_db()
        model = _model_version(run, manifest)
        Attempt.objects.filter(run=run, number=running.attempt).update(outcome=SUCCEEDED, ended_at=Now())
        Run.objects.filter(pk=run.pk, state__in=before(SUCCEEDED)).update(
            state=SUCCEEDED, error="", finished_at=Now(), eta_seconds=None
        )
        record(
            actor=system("trainers"),
            verb="model.register",
            subject=model,
            project_id=run.project_id,
            data={"run": str(run.pk), "weights_sha256": model.weights_sha256},
        )
        emit(
            subject=run,
            name="run_succeeded",
            project_id=run.project_id,
            from_state=run.state,
            to_state=SUCCEEDED,
        )
        running.succeed({"model": str(model.pk)})
    folder.run.forget_rows()


def _verified(folder: AttemptFolder) -> dict[str, Any]:
    try:
        return verify(folder.run.artifacts)
    except Unverified as error:
        raise Unverified(
            _("The published artifacts no longer match their manifest: %(why)s") % {"why": error}
        ) from error


def _require_standing(run: Run) -> None:
    """Looked at once more: a run may have ended well in the very moment its approval was withdrawn."""
    if Withdrawal.objects.filter(approval=run.approval_id).exists():
        raise Withdrawn(
            _("The approval was withdrawn before the model was registered; nothing was kept of it.")
        )


def _artifact(run: Run, attempt: int, entry: dict[str, Any]) -> Artifact:
    suffix = entry["path"].rpartition(".")[2]
    kind = KINDS.get(suffix, "file")
    return Artifact(
        run=run, attempt=attempt, path=entry["path"], kind=kind, sha256=entry["sha256"], bytes=entry["bytes"]
    )


def _model_version(run: Run, manifest: dict[str, Any]) -> ModelVersion:
    """The next number of its name; the project's versions are numbered one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"model:{run.project_id}"])
    name = run.recipe.name
    versions = ModelVersion.objects.filter(project=run.project_id, name=name).order_by("-number")
    number = (versions.values_list("number", flat=True).first() or 0) + 1
    parent = run.parent
    files = {entry["path"]: entry for entry in manifest["files"]}
    model = ModelVersion(
        project_id=run.project_id,
        name=name,
        number=number,
        kind=run.kind,
        run=run,
        parent=parent,
        base=(parent.base or parent) if parent else None,
        weights_sha256=files[WEIGHTS]["sha256"],
        bytes=sum(entry["bytes"] for entry in manifest["files"]),
        evaluation=manifest["facts"],
    )
    model.card = card_of(model)
    with transaction.atomic():
        model.save(force_insert=True)
    return model
