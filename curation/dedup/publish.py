"""Publish signatures, texts and band keys. Committed before anyone probes, so two workers cannot miss each other."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.db import IntegrityError, connection, transaction

from curation.dedup.bulk import copy_integers
from curation.dedup.spec import current_spec, scope
from curation.ingest.store import copy_rows
from curation.lsh import band_keys
from curation.signing.spec import DEFAULT_SPEC, Spec, demand_same

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXT = {"id": "int8", "project_id": "uuid", "spec_id": "int8", "view": "text", "exact": "bytea", "shingles": "bytea",
        "shingle_count": "int4", "eligible": "bool", "crowded": "bool", "rank": "float8"}  # fmt: skip
SIGNATURE = {"version_id": "uuid", "view": "text", "spec_id": "int8", "text_id": "int8"}
WORK = {"project_id": "uuid", "text_id": "int8", "version_id": "uuid", "stage": "text", "fresh": "bool"}
BAND_COLUMNS = ["text_id", *(f"b{number:02}" for number in range(DEFAULT_SPEC.bands))]
TRIES = 5


@dataclass(frozen=True, slots=True)
class Text:
    """One view of one version as deduplication sees it: `shingles` are sorted distinct uint32, `row` its MinHash signature."""

    version_id: uuid.UUID
    view: str
    exact: bytes
    shingles: NDArray[np.uint32]
    row: NDArray[np.uint32]
    eligible: bool = True


def publish(project_id: uuid.UUID, texts: Sequence[Text], made_under: Spec = DEFAULT_SPEC) -> int:
    """Store signatures, and shingles and bands of the texts that are new; call inside the transaction that moves their state.

    A text already there costs one small row. Publishing a version twice under one spec is refused by the database; texts
    signed under another spec than the one in use raise SpecMismatch.
    """
    demand_same(made_under, DEFAULT_SPEC)
    if not texts:
        return 0
    spec = current_spec()
    first = {one.exact: one for one in reversed(texts)}
    known, fresh = _store_texts(project_id, spec.pk, first)
    copy_rows("curation_signature", SIGNATURE, (
        (one.version_id, one.view, spec.pk, known[one.exact]) for one in texts
    ))  # fmt: skip
    copy_rows("curation_clusterwork", WORK, (
        (project_id, known[one.exact], one.version_id, "probe" if brings else "merge", brings)
        for one in texts
        for brings in [one.exact in fresh and one is first[one.exact]]
    ))  # fmt: skip
    return len(texts)


def _store_texts(
    project_id: uuid.UUID, spec_id: int, texts: dict[bytes, Text]
) -> tuple[dict[bytes, int], set[bytes]]:
    """Ids of all, and which of them are new. Where another worker brought one at the same moment, look again."""
    for attempt in range(TRIES):
        known = _known(texts)
        fresh = {exact: one for exact, one in texts.items() if exact not in known}
        try:
            with transaction.atomic():
                ids = _insert(project_id, spec_id, fresh)
        except IntegrityError:
            if attempt + 1 == TRIES:
                raise
        else:
            return known | ids, set(fresh)
    raise AssertionError("unreachable")


def _known(exacts: Iterable[bytes]) -> dict[bytes, int]:
    """Held so that nobody removes one before the signature that names it is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT exact, id FROM curation_distincttext WHERE exact = ANY(%s) ORDER BY id FOR KEY SHARE",
            [sorted(exacts)],
        )
        return {bytes(exact): key for exact, key in cursor.fetchall()}


def _insert(project_id: uuid.UUID, spec_id: int, texts: dict[bytes, Text]) -> dict[bytes, int]:
    """In the order of their hashes, so that two workers with the same texts wait for each other instead of deadlocking."""
    if not texts:
        return {}
    ordered = sorted(texts)
    ids = dict(zip(ordered, _reserve(len(ordered)), strict=True))
    copy_rows("curation_distincttext", TEXT, (
        (ids[exact], project_id, spec_id, texts[exact].view, exact, texts[exact].shingles.astype("<u4").tobytes(),
         len(texts[exact].shingles), texts[exact].eligible, False, 0.0)
        for exact in ordered
    ))  # fmt: skip
    for view in sorted({one.view for one in texts.values()}):
        _publish_bands(
            project_id, view, {ids[exact]: texts[exact] for exact in ordered if texts[exact].view == view}
        )
    return ids


def _publish_bands(project_id: uuid.UUID, view: str, texts: dict[int, Text]) -> None:
    """A text without shingles is near nothing and has no band keys."""
    signed = {key: text for key, text in texts.items() if len(text.shingles)}
    if not signed:
        return
    keys = band_keys(np.stack([text.row for text in signed.values()]), scope=scope(project_id, view))
    copy_integers(
        "curation_band", BAND_COLUMNS, np.hstack([np.array(list(signed), dtype=np.int64)[:, None], keys])
    )


def _reserve(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('curation_distincttext', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [key for (key,) in cursor.fetchall()]
