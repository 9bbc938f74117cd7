"""Take a snapshot out: sealed Parquet files as they are, or JSON lines in the shapes TRL reads."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.permissions import require
from core import storage
from core.audit import record
from core.errors import NotFound, Refused
from core.keyring import project_key
from curation.splits import TRAIN, VALIDATION
from snapshots.build.materialise import current_shards
from snapshots.canonical import read_row
from snapshots.chunks import chunked
from snapshots.models import Snapshot, SnapshotRow
from snapshots.preference_lines import Shape, Ties, preference_lines, read_behind
from snapshots.rows import trl_view
from snapshots.turn_acts import acts_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """How rows leave. `ties`, `shape` and `pseudonyms` are about preference rows; nothing says which group a voter is of."""

    split: str = ""
    lineage: bool = False
    ties: str = Ties.DROP
    shape: str = Shape.PAIRED
    pseudonyms: bool = False


def export_jsonl(
    *,
    who: User | ApiToken,
    snapshot: Snapshot,
    split: str = "",
    lineage: bool = False,
    ties: str = Ties.DROP,
    shape: str = Shape.PAIRED,
    pseudonyms: bool = False,
) -> Iterator[str]:
    """One JSON object per line; erased rows are left out. `lineage` adds ours beside TRL's columns, of answers
    also what the turn should have done, as people said (`act`).

    `simulated` stands on every line: whoever trains elsewhere has to know what no real person judged. Preference rows carry
    the counts of their votes, soft label, margin, entropy and source; who gave each vote only as `pseudonyms`, when asked for.
    """
    if split not in ("", TRAIN, VALIDATION):
        raise Refused("split_unknown", _("A snapshot has the splits train and validation."))
    if ties not in list(Ties) or shape not in list(Shape):
        raise Refused(
            "shape_unknown",
            _("Ties are left to drop, both or soft; rows come as preference or unpaired."),
        )
    if snapshot.kind == "sft" and (ties, shape, pseudonyms) != (Ties.DROP, Shape.PAIRED, False):
        raise Refused("not_preferences", _("Ties, shape and voters are asked of preference snapshots only."))
    if shape == Shape.UNPAIRED and ties != Ties.DROP:
        raise Refused("ties_unpaired", _("An unpaired answer is good or not: ties can only be dropped."))
    wanted = Wanted(split, lineage, ties, shape, pseudonyms)
    _require(who, snapshot, {"format": "jsonl", **asdict(wanted)})
    rows = SnapshotRow.objects.filter(snapshot=snapshot, content__body__isnull=False).order_by("position")
    return _lines(snapshot, rows.filter(split=split) if split else rows, wanted)


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


def _lines(snapshot: Snapshot, rows: QuerySet[SnapshotRow], wanted: Wanted) -> Iterator[str]:
    key = project_key(snapshot.project_id, "export-annotator") if wanted.pseudonyms else None
    found = rows.values_list("pk", "leaf", "content__body").iterator(chunk_size=BATCH)
    for some in chunked(found, BATCH):
        ids = [pk for pk, _leaf, _body in some]
        behind = read_behind(ids) if snapshot.kind == "preference" else {}
        acts = acts_of(ids) if snapshot.kind == "sft" and wanted.lineage else {}
        for pk, leaf, body in some:
            row = read_row(bytes(body or b"{}"))
            extra = (
                {"lineage": row["lineage"], "leaf": leaf, "reason": row["reason"]} if wanted.lineage else {}
            )
            if extra and row["kind"] == "sft":
                extra["act"] = acts.get(pk, "")
            lines = (
                [trl_view(row)]
                if row["kind"] == "sft"
                else preference_lines(
                    row,
                    behind.get(pk),
                    ties=Ties(wanted.ties),
                    shape=Shape(wanted.shape),
                    pseudonyms=key,
                )
            )
            for line in lines:
                marked = {**line, "simulated": row["lineage"]["simulated"], **extra}
                yield json.dumps(marked, ensure_ascii=True) + "\n"
