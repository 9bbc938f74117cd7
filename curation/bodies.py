"""Read and keep the bodies of conversations: zstd-compressed JSON in day partitions, or the pinned copy."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
import zstandard
from django.db import connection, transaction

from core.errors import NotFound
from core.prepared import select
from core.roles import ingest_role
from curation.conversation import Conversation
from curation.marks import Mark
from curation.models import ConversationVersion, PinnedBody

LEVEL = 3
BODIES: Final = """
SELECT version_id, body FROM curation_conversation_body WHERE day = ANY(%(days)s) AND version_id = ANY(%(versions)s)
"""
_threads = threading.local()


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation as it was stored, and where it was redacted."""

    conversation: Conversation
    marks: list[Mark]


def packed(value: Any) -> bytes:
    """JSON, compressed. Each thread keeps its compressor: making one costs four times what compressing a span does."""
    if not hasattr(_threads, "compressor"):
        _threads.compressor = zstandard.ZstdCompressor(level=LEVEL)
    body: bytes = _threads.compressor.compress(orjson.dumps(value))
    return body


def unpacked(body: bytes | memoryview) -> Any:
    """The value of a packed body."""
    if not hasattr(_threads, "decompressor"):
        _threads.decompressor = zstandard.ZstdDecompressor()
    return orjson.loads(_threads.decompressor.decompress(bytes(body)))


def load(version: ConversationVersion) -> Stored:
    """One version's conversation; raises NotFound when retention has dropped it and nobody pinned it."""
    return load_whole({version.pk: version.day})[version.pk]


def load_whole(wanted: Mapping[uuid.UUID, date]) -> dict[uuid.UUID, Stored]:
    """As `load_by_day`; raises NotFound when one of them has lost its text."""
    found = load_by_day(wanted)
    if len(found) < len(wanted):
        raise NotFound(
            "body_retired", "The text of this conversation is past its retention time, or was destroyed.",
            hint="Its counts and history are kept; conversations used by pairs or snapshots keep their text.",
        )  # fmt: skip
    return found


def load_many(versions: Iterable[ConversationVersion]) -> dict[uuid.UUID, Stored]:
    """The conversations of these versions by version id; a version without a body is left out."""
    return load_by_day({version.pk: version.day for version in versions})


def load_by_day(wanted: Mapping[uuid.UUID, date]) -> dict[uuid.UUID, Stored]:
    """The same for ids of versions with their days."""
    rows = select(BODIES, {"days": list(set(wanted.values())), "versions": list(wanted)})
    found = {version_id: _stored(body) for version_id, body in rows}
    missing = wanted.keys() - found.keys()
    if missing:
        pinned = PinnedBody.objects.filter(version_id__in=missing).values_list("version_id", "body")
        found |= {version_id: _stored(body) for version_id, body in pinned}
    return {version_id: found[version_id] for version_id in wanted if version_id in found}


def pin(versions: Iterable[ConversationVersion]) -> int:
    """Copy these bodies out of reach of retention; how many were not pinned before."""
    wanted = [(version.pk, version.day) for version in versions]
    with transaction.atomic(), ingest_role(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_pinnedbody (version_id, project_id, rules_id, body, pinned_at)
            SELECT b.version_id, b.project_id, b.rules_id, b.body, now()
            FROM unnest(%s::uuid[], %s::date[]) AS wanted(version_id, day)
            JOIN curation_conversation_body b ON b.day = wanted.day AND b.version_id = wanted.version_id
            ON CONFLICT (version_id) DO NOTHING
            """,
            [[version_id for version_id, _ in wanted], [day for _, day in wanted]],
        )
        return int(cursor.rowcount)


def _stored(body: bytes | memoryview) -> Stored:
    value = unpacked(body)
    return Stored(value["conversation"], value["marks"])
