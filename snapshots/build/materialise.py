"""Rows of a snapshot as shard files, from the database: at sealing, and again after an erasure."""

from collections.abc import Iterable, Iterator

from django.db.models import Max

from core import storage
from curation.splits import TRAIN, VALIDATION
from snapshots.models import Shard as StoredShard
from snapshots.models import Snapshot, SnapshotRow
from snapshots.shards import Shard, ShardRow, write_shards


def shards_of(rows: Iterable[ShardRow]) -> Iterator[Shard]:
    """Files per split over rows in leaf order."""
    every = list(rows)
    for split in (TRAIN, VALIDATION):
        yield from write_shards((row for row in every if row.split == split), split)


def stored_rows(snapshot: Snapshot) -> Iterator[ShardRow]:
    """Rows of a sealed snapshot as they are now: an erased one has neither salt nor text."""
    rows = SnapshotRow.objects.filter(snapshot=snapshot).order_by("position")
    fields = ("leaf", "content__salt", "content__body", "split", "reason", "simulated")
    for leaf, salt, body, split, reason, simulated in rows.values_list(*fields).iterator(chunk_size=2_000):
        yield ShardRow(
            leaf,
            bytes(salt).hex() if salt is not None else None,
            bytes(body).decode() if body is not None else None,
            snapshot.kind,
            split,
            reason,
            simulated,
        )


def store(snapshot: Snapshot, shards: Iterable[Shard], materialisation: int) -> None:
    """Put the files into storage and name them; a file of the same bytes is stored once."""
    for shard in shards:
        StoredShard.objects.create(
            snapshot=snapshot,
            materialisation=materialisation,
            split=shard.split,
            name=shard.name,
            sha256=storage.put(shard.data),
            rows=shard.rows,
            bytes=len(shard.data),
        )


def current_shards(snapshot: Snapshot) -> list[StoredShard]:
    """The files of the newest materialisation, train before validation."""
    newest = snapshot.shards.aggregate(newest=Max("materialisation"))["newest"] or 0
    return list(snapshot.shards.filter(materialisation=newest).order_by("split", "name"))


def read_files(snapshot: Snapshot) -> list[tuple[str, bytes]]:
    """(name, bytes) of the newest materialisation; storage refuses damaged blobs by itself."""
    return [(shard.name, storage.get(shard.sha256)) for shard in current_shards(snapshot)]
