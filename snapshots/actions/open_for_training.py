"""The door to training: only a standing, signed approval whose snapshot still passes every check opens it."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from core.errors import Refused
from snapshots.actions.review import signature_holds
from snapshots.actions.verify_snapshot import require_sound
from snapshots.build.materialise import current_shards, read_files
from snapshots.models import Approval, Snapshot


@dataclass(frozen=True)
class Materialised:
    """Verified files in a folder: paths by split, and what they are."""

    root: str
    manifest_sha256: str
    kind: str
    rows: int
    simulated_rows: int
    train: tuple[Path, ...]
    validation: tuple[Path, ...]


def require_standing(approval: Approval) -> Snapshot:
    """The approved snapshot; Refused when the approval was withdrawn or its signature does not hold."""
    current = Approval.objects.select_related("snapshot", "snapshot__project").get(pk=approval.pk)
    if not Approval.objects.standing().filter(pk=approval.pk).exists():
        raise Refused(
            "approval_withdrawn",
            _("The approval of this snapshot was withdrawn."),
            hint=_("Train from another approved snapshot."),
        )
    if current.root != current.snapshot.root or not signature_holds(current):
        raise Refused("signature_broken", _("The signature of this approval does not match its snapshot."))
    return current.snapshot


def materialise(approval: Approval, folder: Path) -> Materialised:
    """Write the verified shards into `folder`; nothing is written unless every check holds."""
    snapshot = require_standing(approval)
    require_sound(snapshot)
    folder.mkdir(parents=True, exist_ok=True)
    splits = {shard.name: shard.split for shard in current_shards(snapshot)}
    paths: dict[str, list[Path]] = {"train": [], "validation": []}
    for name, data in read_files(snapshot):
        path = folder / name
        path.write_bytes(data)
        paths[splits[name]].append(path)
    return Materialised(
        root=approval.root,
        manifest_sha256=snapshot.manifest_sha256,
        kind=snapshot.kind,
        rows=snapshot.row_count,
        simulated_rows=snapshot.manifest["counts"]["simulated_rows"],
        train=tuple(paths["train"]),
        validation=tuple(paths["validation"]),
    )
