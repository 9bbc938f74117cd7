"""The folder of a build: written aside, synced, renamed; every file checked before it is believed.

FAISS reads a flipped byte without complaint, so nothing is opened before its sha256 agrees with
the manifest, and the manifest's own sha256 stands in the database.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from core.errors import Unavailable

MANIFEST = "manifest.json"
REBUILD_HINT = "Start a new index build; it embeds nothing again."


def damaged(what: str) -> Unavailable:
    """The refusal of a build whose files are not what was published."""
    return Unavailable("index_damaged", f"The index on disk is damaged: {what}.", hint=REBUILD_HINT)


def _unwritable(folder: Path, error: OSError) -> Unavailable:
    """A full disk or a folder of somebody else: nothing was published, nothing is lost, the job tries again."""
    return Unavailable(
        "index_unwritable",
        f"The index files cannot be written: {error.strerror or type(error).__name__}.",
        hint=f"Make room in {folder.parent.parent}; search keeps answering from the present build.",
    )


def sha256_file(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


def publish_folder(folder: Path, facts: dict[str, Any], write: Callable[[Path], None]) -> str:
    """Let `write` fill a temporary folder, add the manifest, make it durable, rename; returns the manifest's sha256.

    Raises Unavailable when the disk does not take it; the folder that stood there before is then untouched.
    """
    temporary = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}"
    try:
        temporary.mkdir(mode=0o700, parents=True)
        write(temporary)
        digests = {str(path.relative_to(temporary)): sha256_file(path) for path in _files(temporary)}
        manifest = orjson.dumps(
            {**facts, "files": digests}, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2
        )
        (temporary / MANIFEST).write_bytes(manifest)
        for path in temporary.rglob("*"):
            _sync(path)
        _sync(temporary)
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return hashlib.sha256(manifest).hexdigest()


def verified_manifest(folder: Path, manifest_sha256: str) -> dict[str, Any]:
    """The manifest, after every file it names was hashed. Raises Unavailable on any difference."""
    try:
        raw = (folder / MANIFEST).read_bytes()
        if hashlib.sha256(raw).hexdigest() != manifest_sha256:
            raise damaged("its manifest is not the published one")
        manifest: dict[str, Any] = orjson.loads(raw)
        for name, digest in manifest["files"].items():
            if sha256_file(folder / name) != digest:
                raise damaged(f"{name} has other bytes than were published")
    except OSError as error:
        raise damaged(f"{Path(error.filename or folder).name} cannot be read") from error
    return manifest
