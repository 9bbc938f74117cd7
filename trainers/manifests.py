"""Folders that prove themselves: a manifest names every file by sha256, a rename makes all appear at once."""

import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from trainers.folder import read_json, write_atomically

MANIFEST = "manifest.json"


class Unverified(ValueError):
    """A folder is not what its manifest says; the message names the first difference."""


def file_sha256(path: Path) -> str:
    """Hex digest of a file, read in pieces."""
    hashed = sha256()
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            hashed.update(piece)
    return hashed.hexdigest()


def seal(folder: Path, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Write the manifest of everything in the folder, flushed to disk, and return it."""
    files = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST):
        with path.open("rb") as source:
            os.fsync(source.fileno())
        name = path.relative_to(folder).as_posix()
        files.append({"path": name, "sha256": file_sha256(path), "bytes": path.stat().st_size})
    manifest = {"files": files, "facts": dict(facts or {})}
    write_atomically(folder / MANIFEST, manifest)
    return manifest


def verify(folder: Path) -> dict[str, Any]:
    """The manifest, after re-hashing every file; raises Unverified at the first difference."""
    manifest = read_json(folder / MANIFEST)
    if manifest is None:
        raise Unverified(f"{folder.name} has no manifest")
    named = {entry["path"] for entry in manifest["files"]}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    if named != present:
        raise Unverified(f"{folder.name}: {sorted(named ^ present)[0]} is missing or not named")
    for entry in manifest["files"]:
        if file_sha256(folder / entry["path"]) != entry["sha256"]:
            raise Unverified(f"{folder.name}: {entry['path']} has other bytes than its manifest says")
    return manifest


def publish(unpublished: Path, place: Path) -> bool:
    """Rename a sealed folder into place; False (and nothing changed) where something is published already."""
    verify(unpublished)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        unpublished.rename(place)
    except OSError:
        if not (place / MANIFEST).is_file():
            raise
        return False
    return True


def newest_checkpoint(checkpoints: Path) -> tuple[int, Path] | None:
    """Step and folder of the newest checkpoint that proves itself; broken ones are passed over."""
    for path in sorted(checkpoints.glob("step-*"), reverse=True):
        try:
            manifest = verify(path)
        except Unverified:
            continue
        return int(manifest["facts"]["step"]), path
    return None


def drop_old_checkpoints(checkpoints: Path, keep: int) -> None:
    """Keep the newest few; a run must not fill the disk with its past."""
    for path in sorted(checkpoints.glob("step-*"), reverse=True)[keep:]:
        shutil.rmtree(path, ignore_errors=True)
