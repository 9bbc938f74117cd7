"""Look at a sealed snapshot again: files, leaves, root, screening, permission. The evidence of every signature."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.permissions import require
from core.audit import record
from core.errors import Refused
from curation.actions.screening import Content, current_quarantine, screen_contents
from snapshots.build.contents import texts_of
from snapshots.build.materialise import current_shards, read_files
from snapshots.canonical import manifest_digest, read_row
from snapshots.chunks import chunked
from snapshots.models import RowSource, Snapshot, SnapshotRow
from snapshots.verification import Finding, Verdict, verify_files

SCREEN_BATCH = 1_000


def verify_snapshot(*, who: User | ApiToken, snapshot: Snapshot) -> Verdict:
    """All checks with their evidence; recorded, whatever they say."""
    require(who, "snapshot.read", snapshot.project)
    verdict = check(snapshot)
    data = {"holds": verdict.holds, "broken": [finding.check for finding in verdict.broken]}
    record(
        actor=who.actor, verb="snapshot.verify", subject=snapshot, project_id=snapshot.project_id, data=data
    )
    return verdict


def check(snapshot: Snapshot) -> Verdict:
    """Integrity (files, leaves, root, counts, manifest) and standing (screening, permission, erasures)."""
    if snapshot.state != "sealed" or snapshot.root is None:
        raise Refused("not_sealed", _("This snapshot is not sealed; there is nothing to verify yet."))
    verdict = _integrity(snapshot)
    verdict.findings.append(_manifest(snapshot))
    verdict.findings.append(_row_list(snapshot))
    verdict.findings.append(_screening(snapshot))
    verdict.findings.append(_permission(snapshot))
    verdict.findings.append(_nothing_erased(snapshot))
    return verdict


def _integrity(snapshot: Snapshot) -> Verdict:
    assert snapshot.root is not None
    try:
        files = read_files(snapshot)
    except Refused as broken:
        return Verdict([Finding("shards", False, broken.message)])
    shards = [{"path": shard.name, "sha256": shard.sha256} for shard in current_shards(snapshot)]
    return verify_files(files, {**snapshot.manifest, "shards": shards}, snapshot.root)


def _manifest(snapshot: Snapshot) -> Finding:
    digest = manifest_digest(snapshot.manifest)
    same = digest == snapshot.manifest_sha256 and snapshot.manifest["root"] == snapshot.root
    return Finding(
        "manifest", same, f"sha256 {digest[:16]}…, names root {str(snapshot.manifest['root'])[:16]}…"
    )


def _row_list(snapshot: Snapshot) -> Finding:
    count = SnapshotRow.objects.filter(snapshot=snapshot).count()
    return Finding(
        "row list", count == snapshot.row_count, f"{count} rows in the database, {snapshot.row_count} sealed"
    )


def _screening(snapshot: Snapshot) -> Finding:
    """Rows are screened against the quarantine as it is now, not as it was when they were sealed."""
    quarantine = current_quarantine(snapshot.project)
    hits = sum(verdict != "clean" for verdict in _screen_again(snapshot))
    seen = f"{snapshot.row_count} rows against quarantine version {quarantine.number}: {hits} hits"
    return Finding("quarantine", hits == 0, seen)


def _screen_again(snapshot: Snapshot) -> Iterator[str]:
    rows = SnapshotRow.objects.filter(snapshot=snapshot, content__body__isnull=False)
    fields = rows.values_list("content_hash", "version_id", "content__body")
    for some in chunked(fields.iterator(chunk_size=SCREEN_BATCH), SCREEN_BATCH):
        contents = [
            Content(name, texts_of(read_row(bytes(body or b"{}"))), version) for name, version, body in some
        ]
        yield from screen_contents(project=snapshot.project, contents=contents).values()


def _permission(snapshot: Snapshot) -> Finding:
    sources = RowSource.objects.filter(row__snapshot=snapshot)
    lost = sources.filter(~Q(trace__training_use="allowed")).values("row").distinct().count()
    return Finding("permission to train", lost == 0, f"{lost} rows whose trace no longer allows training")


def _nothing_erased(snapshot: Snapshot) -> Finding:
    erased = SnapshotRow.objects.filter(snapshot=snapshot, content__erased_at__isnull=False).count()
    return Finding("nothing erased", erased == 0, f"{erased} rows were erased since")


def as_data(verdict: Verdict) -> list[dict[str, Any]]:
    """Findings as a review keeps them."""
    return [{"check": one.check, "holds": one.holds, "seen": one.seen} for one in verdict.findings]


def require_sound(snapshot: Snapshot) -> Verdict:
    """Refuse unless every check holds."""
    return require_holds(check(snapshot))


def require_holds(verdict: Verdict) -> Verdict:
    """Refuse with the evidence of what does not hold."""
    if not verdict.holds:
        said = "; ".join(f"{one.check}: {one.seen}" for one in verdict.broken)
        raise Refused(
            "checks_failed",
            _("A check does not hold: %(said)s.") % {"said": said},
            hint=_("Build a new snapshot from the same selection."),
        )
    return verdict
