"""Long values lie in storage, under the hash of their content, and spans name them.

A file is written before the transaction that names it commits, and removed only when no project's rows name it.
Writers hold a lock shared, the removal holds it alone: nobody names a file that is being removed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import zstandard
from django.db import connection, transaction

from core import storage
from core.errors import NotFound
from core.privacy import redact
from core.roles import ingest_role
from curation.formats.spans import Span
from curation.ingest.redaction import Redactor
from curation.models import Blob

LONGEST_INLINE = 256 << 10
LEVEL = 3
KEY = "blob"
DATA_URL = re.compile(r"data:([\w.+-]{1,60}/[\w.+-]{1,60})(?:;[\w=.+-]{1,60})*;base64,")
MIME_KEYS = ("mime_type", "media_type", "mimeType", "mediaType")
BASE64 = re.compile(r"[A-Za-z0-9+/=_\-\s]+")
LOCK = "SELECT pg_advisory_xact_lock_shared(hashtext('curation_blobs'))"


@dataclass(frozen=True, slots=True)
class Long:
    """A value on its way to storage: its content, redacted, and its media type where it has one."""

    content: bytes = field(repr=False)
    mime_type: str = ""

    @property
    def sha256(self) -> str:
        """The name of the content."""
        return hashlib.sha256(self.content).hexdigest()


def take_out(span: Span, redactor: Redactor) -> tuple[Span, list[Long]]:
    """A redacted span with every value over 256 KB replaced by a reference, and those values."""
    found: list[Long] = []
    attributes = _without(span["attributes"], redactor, found, "")
    events = [
        {**event, "attributes": _without(event["attributes"], redactor, found, "")}
        for event in span["events"]
    ]
    if not found:
        return span, found
    return {**span, "attributes": attributes, "events": events}, found  # type: ignore[typeddict-item]


def keep_blobs(
    values: Iterable[Long], *, trace_id: uuid.UUID | None, day: date | None, project_id: uuid.UUID
) -> None:
    """Store these values and note which trace names them; inside the transaction that stores their span."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    for one in values:
        stored = storage.put(zstandard.ZstdCompressor(level=LEVEL).compress(one.content))
        with ingest_role(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO curation_blob (project_id, sha256, stored, size, mime_type, first_seen)"
                " VALUES (%s, %s, %s, %s, %s, now()) ON CONFLICT (project_id, sha256) DO NOTHING",
                [project_id, one.sha256, stored, len(one.content), one.mime_type[:120]],
            )
            cursor.execute(
                "INSERT INTO curation_blobreference (blob_id, trace_id, day) SELECT id, %s, %s FROM curation_blob"
                " WHERE project_id = %s AND sha256 = %s ON CONFLICT (blob_id, trace_id) DO NOTHING",
                [trace_id, day, project_id, one.sha256],
            )


def read_blob(project_id: uuid.UUID, sha256: str) -> tuple[Blob, bytes]:
    """A value of this project with its row; raises NotFound where it has none of that name."""
    found = Blob.objects.filter(project_id=project_id, sha256=sha256).first()
    if found is None:
        raise NotFound(
            "blob_not_found", "There is no such file in this project, or it is past its retention time."
        )
    return found, zstandard.ZstdDecompressor().decompress(
        storage.get(found.stored), max_output_size=found.size
    )


def forget_blobs() -> int:
    """Remove the files that no trace of any project names any more; how many. Called by retention and erasure."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT curation_forget_blobs()")
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            storage.delete(name)
    return len(names)


def _without(value: Any, redactor: Redactor, found: list[Long], mime_type: str) -> Any:
    if isinstance(value, str):
        if len(value) * 4 <= LONGEST_INLINE or len(value.encode()) <= LONGEST_INLINE:
            return value
        return _reference(_long(value, mime_type, redactor), found)
    if isinstance(value, list):
        return [_without(one, redactor, found, mime_type) for one in value]
    if isinstance(value, dict):
        named = next((value[key] for key in MIME_KEYS if isinstance(value.get(key), str)), mime_type)
        return {key: _without(one, redactor, found, named) for key, one in value.items()}
    return value


def _reference(one: Long, found: list[Long]) -> dict[str, Any]:
    found.append(one)
    reference: dict[str, Any] = {"sha256": one.sha256, "bytes": len(one.content)}
    return {KEY: reference | {"mime_type": one.mime_type} if one.mime_type else reference}


def _long(text: str, mime_type: str, redactor: Redactor) -> Long:
    """Base64 becomes the bytes it stands for; text that was hidden in it is redacted before anything is stored."""
    url = DATA_URL.match(text)
    packed, mime_type = (text[url.end() :], url[1]) if url else (text, mime_type)
    plain = Long(text.encode(), mime_type if mime_type.startswith("text/") else "text/plain")
    content = _decoded(packed) if mime_type else None
    if content is None:
        return plain
    try:
        said = content.decode()
    except UnicodeDecodeError:  # a text of letters alone reads as base64, too
        return Long(content, mime_type) if url or not mime_type.startswith("text/") else plain
    clean = redact(said, keys=redactor.keys, rules=redactor.rules).value
    return Long(str(clean).encode(), mime_type)


def _decoded(text: str) -> bytes | None:
    if not BASE64.fullmatch(text):
        return None
    plain = "".join(text.split()).translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
