"""Check a materialisation against its root with nothing but the files, before approval and before training.

Django-free, so the training side and outsiders can run it on an export.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from snapshots.merkle import MerkleRefusal, leaf_hash, merkle_root
from snapshots.shards import ShardRow, read_shard


@dataclass
class Finding:
    """One check: what was looked at, what was seen, whether it holds."""

    check: str
    holds: bool
    seen: str


@dataclass
class Verdict:
    """All findings on one snapshot."""

    findings: list[Finding] = field(default_factory=list)
    erased: int = 0

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(finding.holds for finding in self.findings)

    @property
    def broken(self) -> list[Finding]:
        """Checks that do not hold."""
        return [finding for finding in self.findings if not finding.holds]


def verify_files(files: Iterable[tuple[str, bytes]], manifest: Mapping[str, Any], root: str) -> Verdict:
    """Shard hashes, every leaf against its salt and text, the root, and the counts of the manifest.

    `files` are (name, bytes) in manifest order. After an erasure the shard hashes of the manifest no longer
    describe the files; pass the current ones in a copy of the manifest's `shards`.
    """
    verdict = Verdict()
    found = list(files)
    verdict.findings.append(_shard_hashes(found, manifest["shards"]))
    try:
        rows = [row for _, data in found for row in read_shard(data)]
    except (OSError, ValueError, TypeError) as error:
        verdict.findings.append(Finding("readable", False, str(error)))
        return verdict
    verdict.erased = sum(row.row is None for row in rows)
    verdict.findings.append(_leaves(rows))
    verdict.findings.append(_root([row.leaf for row in rows], root))
    verdict.findings.append(_counts(rows, manifest["counts"]))
    return verdict


def read_verified(files: Iterable[tuple[str, bytes]], root: str) -> Iterator[dict[str, Any]]:
    """Rows of files whose root is `root`; raises MerkleRefusal before the first row otherwise."""
    rows = [row for _, data in files for row in read_shard(data)]
    for finding in (_leaves(rows), _root([row.leaf for row in rows], root)):
        if not finding.holds:
            raise MerkleRefusal(f"{finding.check}: {finding.seen}")
    for row in rows:
        if row.row is not None:
            yield json.loads(row.row)


def _shard_hashes(files: Sequence[tuple[str, bytes]], described: Sequence[Mapping[str, Any]]) -> Finding:
    want = [(shard["path"], shard["sha256"]) for shard in described]
    have = [(name, hashlib.sha256(data).hexdigest()) for name, data in files]
    if want == have:
        return Finding("shards", True, f"{len(have)} files match their sha256")
    wrong = [name for name, digest in have if (name, digest) not in want]
    missing = sorted({name for name, _ in want} - {name for name, _ in have})
    return Finding("shards", False, f"changed: {wrong or 'none'}, missing: {missing or 'none'}")


def _leaves(rows: Sequence[ShardRow]) -> Finding:
    for row in rows:
        if row.row is None:
            if row.salt is not None:
                return Finding("leaves", False, f"row {row.leaf[:12]} was erased but kept its salt")
            continue
        if row.salt is None or _leaf(row) != row.leaf:
            return Finding("leaves", False, f"row {row.leaf[:12]} is not the text its leaf was made of")
        if _contradicts(row):
            return Finding("leaves", False, f"row {row.leaf[:12]} says something else in its columns")
    return Finding("leaves", True, f"{len(rows)} rows match their leaves")


def _leaf(row: ShardRow) -> str:
    assert row.salt is not None
    assert row.row is not None
    return leaf_hash(bytes.fromhex(row.salt), row.row.encode()).hex()


def _contradicts(row: ShardRow) -> bool:
    body = json.loads(row.row or "{}")
    said = (body["kind"], body["split"], body["reason"], body["lineage"]["simulated"])
    return said != (row.kind, row.split, row.reason, row.simulated)


def _root(leaves: Sequence[str], root: str) -> Finding:
    try:
        have = merkle_root(sorted(bytes.fromhex(leaf) for leaf in leaves)).hex()
    except (MerkleRefusal, ValueError) as error:
        return Finding("root", False, str(error))
    return Finding(
        "root", have == root, f"recomputed {have[:16]}… over {len(leaves)} leaves, sealed {root[:16]}…"
    )


def _counts(rows: Sequence[ShardRow], counts: Mapping[str, Any]) -> Finding:
    have = (
        len(rows),
        dict(Counter(row.reason for row in rows)),
        dict(Counter(row.split for row in rows)),
        sum(row.simulated for row in rows),
    )
    want = (counts["rows"], counts["by_reason"], counts["splits"], counts["simulated_rows"])
    return Finding(
        "counts",
        have == want,
        f"{have[0]} rows, {have[3]} simulated; the manifest says {want[0]} and {want[3]}",
    )
