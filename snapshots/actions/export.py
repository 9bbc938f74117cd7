"""Take a snapshot out: sealed Parquet files as they are, or JSON lines in the shape TRL reads."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.permissions import require
from core import storage
from core.audit import record
from core.errors import NotFound, Refused
from curation.splits import TRAIN, VALIDATION
from snapshots.build.materialise import current_shards
from snapshots.canonical import read_row
from snapshots.models import Snapshot, SnapshotRow
from snapshots.rows import trl_view


def export_jsonl(
    *, who: User | ApiToken, snapshot: Snapshot, split: str = "", lineage: bool = False
) -> Iterator[str]:
    """One JSON object per line; erased rows are left out. `lineage` adds ours beside TRL's columns.

    `simulated` stands on every line: whoever trains elsewhere has to know what no real person judged.
    """
    if split not in ("", TRAIN, VALIDATION):
        raise Refused("split_unknown", _("A snapshot has the splits train and validation."))
    _require(who, snapshot, {"format": "jsonl", "split": split, "lineage": lineage})
    rows = SnapshotRow.objects.filter(snapshot=snapshot, content__body__isnull=False).order_by("position")
    return _lines(rows.filter(split=split) if split else rows, lineage)


def export_shard(*, who: User | ApiToken, snapshot: Snapshot, name: str) -> bytes:
    """One sealed file, byte for byte."""
    shard = next((one for one in current_shards(snapshot) if one.name == name), None)
    _require(who, snapshot, {"format": "parquet", "file": name})
    if shard is None:
        raise NotFound("shard_not_found", _("This snapshot has no file of that name."))
    return storage.get(shard.sha256)


def _require(who: User | ApiToken, snapshot: Snapshot, data: dict[str, object]) -> None:
    require(who, "snapshot.export", snapshot.project)
    if snapshot.state != "sealed":
        raise Refused("not_sealed", _("Only a sealed snapshot can be exported."))
    record(
        actor=who.actor, verb="snapshot.export", subject=snapshot, project_id=snapshot.project_id, data=data
    )


def _lines(rows: QuerySet[SnapshotRow], lineage: bool) -> Iterator[str]:
    for leaf, body in rows.values_list("leaf", "content__body").iterator(chunk_size=500):
        row = read_row(bytes(body or b"{}"))
        extra = {"lineage": row["lineage"], "leaf": leaf, "reason": row["reason"]} if lineage else {}
        marked = {**trl_view(row), "simulated": row["lineage"]["simulated"], **extra}
        yield json.dumps(marked, ensure_ascii=True) + "\n"
