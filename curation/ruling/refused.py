"""Kept texts of refused rows under newer rules: replaced where the rules catch something, as spans are."""

from __future__ import annotations

import uuid

import zstandard
from django.db import connection

from core.privacy import RedactionFailed, redact
from core.roles import ingest_role
from curation.ingest.redaction import Redactor
from curation.models import RefusalBody


def refused_before(project_id: uuid.UUID, redactor: Redactor, after: int, limit: int) -> list[RefusalBody]:
    """The next kept texts, by the number of their refusal, that passed older rules."""
    older = RefusalBody.objects.filter(
        project_id=project_id, rules_id__lt=redactor.rules_id, refusal_id__gt=after
    )
    return list(older.order_by("refusal_id")[:limit])


def rewrite_refused(bodies: list[RefusalBody], redactor: Redactor) -> int:
    """Inside a transaction: replace those in which the rules catch something; how many."""
    pack, unpack = zstandard.ZstdCompressor(level=3).compress, zstandard.ZstdDecompressor().decompress
    replaced = []
    for one in bodies:
        text = unpack(bytes(one.body)).decode()
        clean = _under(text, redactor)
        if clean != text:
            replaced.append((one.refusal_id, redactor.rules_id, pack(clean.encode())))
    if replaced:
        with ingest_role(), connection.cursor() as cursor:
            cursor.executemany("SELECT curation_reredact_refused(%s, %s, %s)", replaced)
    return len(replaced)


def _under(text: str, redactor: Redactor) -> str:
    """The text under these rules, none of it where they cannot finish: one row must not hold up the run, nor stay as it was."""
    try:
        return str(redact(text, keys=redactor.keys, rules=redactor.rules).value)
    except RedactionFailed:
        return ""
