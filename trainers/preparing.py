"""Fill a run folder: the approved rows, re-verified leaf by leaf, and the models they start from, re-hashed.

This is the moment invariant 5 is checked again: root, signature and withdrawal, before the first step of every attempt.
"""

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from core import storage
from core.errors import Refused
from snapshots.merkle import MerkleRefusal
from snapshots.models import Approval, Shard
from snapshots.shards import content, read_shard
from snapshots.verification import read_verified
from trainers.folder import AttemptFolder, RunFolder
from trainers.manifests import Unverified, seal, verify
from trainers.models import Artifact, ModelVersion, Run
from trainers.places import folder_of

TRAINED_ON = ("kind", "split", "messages", "prompt", "chosen", "rejected", "tools")
MODEL_FOLDER = "model/"


def prepare(run: Run, attempt: int) -> AttemptFolder:
    """Everything the detached program reads, in place; raises Refused where the run may not start."""
    require_standing(run.approval)
    folder = folder_of(run)
    folder.data.mkdir(parents=True, exist_ok=True)
    rows = b"".join(_lines(run.approval))
    spec = {
        **run.spec,
        "run": str(run.pk),
        "spec_sha256": run.spec_sha256,
        "rows_sha256": sha256(rows).hexdigest(),
    }
    for name, model in (("parent", run.parent), ("reference", run.reference)):
        spec[name] = _place_model(folder, name, model) if model else None
    folder.rows.write_bytes(rows)
    try:
        folder.write_spec(spec)
    except ValueError as error:
        raise Refused(
            "rows_changed",
            _(
                "The rows of this snapshot are no longer the ones this run began with (rows were erased since)."
            ),
            hint=_("Launch the run again; it starts from its first step."),
        ) from error
    return folder.take(attempt)


def require_standing(approval: Approval) -> None:
    """The signature still stands for exactly this root."""
    if not Approval.objects.standing().filter(pk=approval.pk).exists():
        raise Refused("approval_withdrawn", _("The approval of this snapshot was withdrawn."))
    if approval.snapshot.state != "sealed" or approval.snapshot.root != approval.root:
        raise Refused("root_differs", _("The approval was given for another root than the snapshot has."))


def _lines(approval: Approval) -> Iterator[bytes]:
    """One JSON line per row that was not erased, without its salt and lineage, named by its leaf."""
    files = _files(approval)
    try:
        for _row in read_verified(files, approval.root):
            break
    except MerkleRefusal as error:
        raise Refused(
            "root_differs",
            _("The stored rows do not match the approved root, so nothing was trained: %(why)s")
            % {"why": error},
            hint=_("Restore the snapshot's files from a backup."),
        ) from error
    for _name, data in files:
        for row in read_shard(data):
            body = content(row)
            if body is None:
                continue
            kept: dict[str, Any] = {key: body[key] for key in TRAINED_ON if key in body}
            yield (
                json.dumps({"name": row.leaf, **kept}, ensure_ascii=False, sort_keys=True).encode(
                    "utf-8", "backslashreplace"
                )
                + b"\n"
            )


def _files(approval: Approval) -> list[tuple[str, bytes]]:
    """The newest materialisation, as stored."""
    shards = Shard.objects.filter(snapshot=approval.snapshot_id)
    newest = shards.aggregate(Max("materialisation"))["materialisation__max"]
    return [
        (shard.name, storage.get(shard.sha256))
        for shard in shards.filter(materialisation=newest).order_by("name")
    ]


def _place_model(folder: RunFolder, name: str, model: ModelVersion) -> dict[str, Any]:
    """Copy a registered model's files by their hashes; what the specification says about them."""
    place = folder.data / name
    files = list(Artifact.objects.filter(run=model.run_id, path__startswith=MODEL_FOLDER).order_by("path"))
    wanted = [
        {"path": f.path.removeprefix(MODEL_FOLDER), "sha256": f.sha256, "bytes": f.bytes} for f in files
    ]
    if not _is_there(place, wanted):
        shutil.rmtree(place, ignore_errors=True)
        for entry in wanted:
            path = place / str(entry["path"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(storage.get(str(entry["sha256"])))
        seal(place)
    return {"id": str(model.pk), "name": str(model), "files": wanted, "facts": model.evaluation}


def _is_there(place: Path, wanted: list[dict[str, Any]]) -> bool:
    try:
        return bool(verify(place)["files"] == wanted)
    except (Unverified, OSError):
        return False
