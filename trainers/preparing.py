"""Fill a run folder: the approved rows, re-verified leaf by leaf, and the models they start from, re-hashed.

This is the moment invariant 5 is checked again: root, signature and withdrawal, before the first step of every attempt.
"""

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core import storage
from core.errors import Refused
from snapshots.actions.open_for_training import open_rows
from snapshots.models import Approval
from snapshots.reasons import Reason
from snapshots.shards import content
from trainers.folder import AttemptFolder, RunFolder
from trainers.manifests import Unverified, seal, verify
from trainers.models import Artifact, ModelVersion, Run
from trainers.places import folder_of

TRAINED_ON = ("kind", "split", "messages", "prompt", "chosen", "rejected", "tools")
MODEL_FOLDER = "model/"


def prepare(run: Run, attempt: int) -> AttemptFolder:
    """Everything the detached program reads, in place; raises Refused where the run may not start."""
    folder = folder_of(run)
    rows = b"".join(_lines(run.approval))
    folder.data.mkdir(parents=True, exist_ok=True)
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


def _lines(approval: Approval) -> Iterator[bytes]:
    """One JSON line per row, without its salt and lineage, named by its leaf. Refused unless every check holds:
    files, leaves, root, counts, the quarantine as it is now, permission to train. A tie prefers nothing and is left out."""
    for row in open_rows(approval):
        body = content(row)
        if body is not None and body["reason"] != Reason.TIED:
            kept: dict[str, Any] = {key: body[key] for key in TRAINED_ON if key in body}
            line = json.dumps({"name": row.leaf, **kept}, ensure_ascii=False, sort_keys=True)
            yield line.encode("utf-8", "backslashreplace") + b"\n"


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
