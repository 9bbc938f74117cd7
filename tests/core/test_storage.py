"""Blobs are named by their content, so they are never torn, overwritten or silently damaged."""

from pathlib import Path

import pytest
from django.conf import settings

from core import storage
from core.errors import NotFound, Refused


def file_of(sha256: str) -> Path:
    return Path(settings.STORAGE_URL.removeprefix("file://")) / sha256[:2] / sha256


def test_what_was_put_is_what_is_got() -> None:
    name = storage.put(b"a body")
    assert storage.get(name) == b"a body"
    assert storage.put(b"a body") == name


def test_no_partial_file_is_left() -> None:
    name = storage.put(b"a body")
    assert [file.name for file in file_of(name).parent.iterdir()] == [name]


def test_a_flipped_byte_is_refused() -> None:
    name = storage.put(b"a body")
    file_of(name).write_bytes(b"b body")
    with pytest.raises(Refused, match="damaged"):
        storage.get(name)


def test_a_missing_blob_says_what_to_do() -> None:
    name = storage.put(b"a body")
    storage.delete(name)
    with pytest.raises(NotFound, match="Restore it from a backup"):
        storage.get(name)
