"""Sealing: rows, lineage, pins, files and root become true together, in one transaction."""

from collections.abc import Iterator
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.errors import Refused
from curation import bodies
from curation.models import Cluster, ConversationVersion, SignatureSpec
from snapshots.build.compose import Plan, PlannedRow
from snapshots.build.materialise import shards_of, store
from snapshots.canonical import manifest_digest
from snapshots.chunks import chunked
from snapshots.manifest import compose_manifest
from snapshots.merkle import merkle_root
from snapshots.models import RowContent, RowJudgment, RowSource, Snapshot, SnapshotRow
from snapshots.shards import Shard, ShardRow

BATCH = 1_000
CODE_VERSION = "0.1.0"


def plan_shards(snapshot: Snapshot, plan: Plan) -> list[Shard]:
    """The files of the plan; made before the sealing transaction, because they take time."""
    return list(shards_of(_shard_rows(snapshot.kind, plan)))


def seal(snapshot: Snapshot, plan: Plan, shards: list[Shard]) -> str:
    """Write everything and close the snapshot; the root. Runs inside the caller's transaction."""
    _require_unerased(plan)
    for number, some in enumerate(chunked(plan.rows, BATCH)):
        _insert(snapshot, some, number * BATCH)
    used = {source.facts.version for planned in plan.rows for source in planned.row.sources}
    bodies.pin(ConversationVersion.objects.filter(pk__in=used))
    store(snapshot, shards, materialisation=1)
    root = merkle_root([bytes.fromhex(planned.leaf) for planned in plan.rows]).hex()
    manifest = describe(snapshot, plan, shards, root)
    Snapshot.objects.filter(pk=snapshot.pk).update(
        state="sealed",
        root=root,
        row_count=len(plan.rows),
        manifest=manifest,
        manifest_sha256=manifest_digest(manifest),
        sealed_at=Now(),
    )
    return root


def _require_unerased(plan: Plan) -> None:
    """The texts were read minutes ago: whatever was erased since must reach no file. Contents are locked in one order,
    so an erasure that comes now waits for the seal and then rewrites its files."""
    for some in chunked(sorted(planned.salted.id for planned in plan.rows), BATCH):
        held = RowContent.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk")
        if any(held.values_list("erased_at", flat=True)):
            raise Refused(
                "row_erased",
                _("A row was erased while this snapshot was built."),
                hint=_("Build it again: the row stays out."),
            )


def describe(snapshot: Snapshot, plan: Plan, shards: list[Shard], root: str) -> dict[str, Any]:
    """The manifest of a plan."""
    quarantine = snapshot.quarantine
    return compose_manifest(
        name=str(snapshot),
        kind=snapshot.kind,
        project=snapshot.project.slug,
        parent_root=snapshot.parent.root if snapshot.parent else None,
        root=root,
        selection={
            "name": snapshot.selection.name,
            "sha256": snapshot.selection.spec_sha256,
            "spec": snapshot.selection.spec,
        },
        tally=plan.tally,
        dedup={
            "one_per_cluster": snapshot.selection.spec["one_per_cluster"],
            "signatures": _signatures(snapshot),
        },
        screening={
            "quarantine": quarantine.asset.name,
            "version": quarantine.number,
            "sha256": quarantine.sha256,
            "items": sum(quarantine.body.get("sets", {}).values()),
            "rows_clean": len(plan.rows),
        },
        shards=shards,
        code_version=CODE_VERSION,
    )


def _signatures(snapshot: Snapshot) -> list[dict[str, Any]]:
    """How near-duplicates were found: every signature spec the project's clusters were made with."""
    used = Cluster.objects.filter(project=snapshot.project).values("spec")
    specs = SignatureSpec.objects.filter(pk__in=used).order_by("name")
    fields = ("name", "normaliser", "shingle", "permutations", "seed", "scheme", "bands", "rows", "threshold")
    return [dict(spec) for spec in specs.values(*fields)]


def _shard_rows(kind: str, plan: Plan) -> Iterator[ShardRow]:
    for planned in plan.rows:
        body = planned.row.body
        assert planned.salted.salt is not None
        yield ShardRow(
            planned.leaf,
            planned.salted.salt.hex(),
            planned.row.data.decode(),
            kind,
            body["split"],
            body["reason"],
            body["lineage"]["simulated"],
        )


def _insert(snapshot: Snapshot, rows: list[PlannedRow], first: int) -> None:
    stored = SnapshotRow.objects.bulk_create(
        _row(snapshot, planned, first + place) for place, planned in enumerate(rows)
    )
    pairs = list(zip(stored, rows, strict=True))
    RowSource.objects.bulk_create(
        RowSource(
            row=row,
            trace_id=source.facts.trace,
            version_id=source.facts.version,
            response_id=source.response,
            role=source.role,
        )
        for row, planned in pairs
        for source in planned.row.sources
    )
    RowJudgment.objects.bulk_create(
        RowJudgment(row=row, revision_id=revision)
        for row, planned in pairs
        for revision in planned.row.revisions
    )


def _row(snapshot: Snapshot, planned: PlannedRow, position: int) -> SnapshotRow:
    body, home = planned.row.body, planned.row.home
    return SnapshotRow(
        project_id=snapshot.project_id,
        snapshot=snapshot,
        content_id=planned.salted.id,
        content_hash=planned.content_hash,
        leaf=planned.leaf,
        position=position,
        quarantine_id=snapshot.quarantine_id,
        trace_id=home.trace,
        version_id=home.version,
        cluster_key=home.cluster,
        reason=body["reason"],
        split=body["split"],
        simulated=body["lineage"]["simulated"],
        licence=body["lineage"]["licence"][:80],
        domain=home.domain,
        difficulty=home.difficulty,
        kind=home.kind,
        language=home.language,
    )
