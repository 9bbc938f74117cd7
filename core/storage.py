"""Content-addressed blobs on any fsspec store: the name is the sha256, so a blob is never overwritten with other bytes."""

import hashlib
import uuid

import fsspec
from django.conf import settings
from fsspec.core import url_to_fs

from core.errors import NotFound, Refused


def _place(sha256: str) -> tuple[fsspec.AbstractFileSystem, str]:
    filesystem, root = url_to_fs(settings.STORAGE_URL)
    return filesystem, f"{root.rstrip('/')}/{sha256[:2]}/{sha256}"


def put(data: bytes) -> str:
    """Store bytes; the answer is their sha256 in hex. Writing twice is harmless, a torn write is never visible."""
    sha256 = hashlib.sha256(data).hexdigest()
    filesystem, path = _place(sha256)
    if filesystem.exists(path):
        return sha256
    filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    partial = f"{path}.{uuid.uuid4().hex}.partial"
    filesystem.pipe_file(partial, data)
    filesystem.mv(partial, path)
    return sha256


def get(sha256: str) -> bytes:
    """The bytes of that name, verified: a flipped byte is refused, not returned."""
    filesystem, path = _place(sha256)
    try:
        data: bytes = filesystem.cat_file(path)
    except FileNotFoundError as error:
        raise NotFound(
            "blob_missing", f"The stored file {sha256[:12]} is gone.", hint="Restore it from a backup."
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Refused(
            "blob_damaged", f"The stored file {sha256[:12]} is damaged.", hint="Restore it from a backup."
        )
    return data


def delete(sha256: str) -> None:
    """Remove a blob; used by erasure only."""
    filesystem, path = _place(sha256)
    if filesystem.exists(path):
        filesystem.rm(path)
