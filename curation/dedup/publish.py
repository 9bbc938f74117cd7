"""Publish signatures and band keys by binary COPY. Committed before anyone probes, so two workers cannot miss each other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from curation.dedup.spec import current_spec, scope
from curation.excerpts import WHOLE
from curation.ingest.store import copy_rows
from curation.lsh import band_keys
from curation.minhash import signatures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIGNATURE = {
    "id": "int8", "project_id": "uuid", "version_id": "uuid", "spec_id": "int8", "view": "text", "exact_hash": "bytea",
    "minhash": "bytea", "shingles": "bytea", "shingle_count": "int4",
}  # fmt: skip
BAND = {"key": "int8", "signature_id": "int8"}


@dataclass(frozen=True, slots=True)
class Text:
    """One version's text as deduplication sees it."""

    version_id: uuid.UUID
    exact: bytes
    shingles: NDArray[np.uint64]


def publish(project_id: uuid.UUID, texts: Sequence[Text]) -> int:
    """Store signatures, and bands of those whose exact text is new; call inside the transaction that moves their state."""
    if not texts:
        return 0
    spec = current_spec()
    rows = signatures([text.shingles for text in texts])
    ids = _reserve(len(texts))
    copy_rows("curation_signature", SIGNATURE, [
        (key, project_id, text.version_id, spec.pk, WHOLE, text.exact, row.astype("<u4").tobytes(),
         text.shingles.astype("<u8").tobytes(), len(text.shingles))
        for key, text, row in zip(ids, texts, rows, strict=True)
    ])  # fmt: skip
    fresh = _first_of_their_text(project_id, spec.pk, texts, ids)
    keys = band_keys(rows[fresh], scope=scope(project_id))
    pairs = [(int(key), ids[place]) for place, own in zip(fresh, keys, strict=True) for key in own]
    copy_rows("curation_band", BAND, sorted(set(pairs)))
    return len(texts)


def _reserve(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('curation_signature', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [key for (key,) in cursor.fetchall()]


def _first_of_their_text(
    project_id: uuid.UUID, spec_id: int, texts: Sequence[Text], ids: Sequence[int]
) -> list[int]:
    """Places of texts not seen before: exact twins need no bands, and a hot text never fills a bucket."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT exact_hash FROM curation_signature WHERE project_id = %s AND spec_id = %s AND view = %s"
            " AND exact_hash = ANY(%s) AND id <> ALL(%s)",
            [project_id, spec_id, WHOLE, [text.exact for text in texts], list(ids)],
        )
        known = {bytes(exact) for (exact,) in cursor.fetchall()}
    fresh = []
    for place, text in enumerate(texts):
        if text.exact not in known and len(text.shingles):
            fresh.append(place)
        known.add(text.exact)
    return fresh
