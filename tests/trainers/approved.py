"""Sealed and approved snapshots for training tests, from the real row, leaf and shard functions, as the app role."""

import hashlib
import random
import uuid
from datetime import UTC, datetime
from typing import Any

from accounts.models import Project, User
from curation.actions.screening import current_quarantine
from curation.models import AssetVersion, ConversationVersion, Screening, Trace
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.build.materialise import shards_of, store
from snapshots.canonical import canonical_row, manifest_digest
from snapshots.manifest import Tally, compose_manifest
from snapshots.merkle import leaf_hash, merkle_root
from snapshots.models import Approval, RowContent, Selection, Snapshot, SnapshotRow
from snapshots.shards import ShardRow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPICS = ["lists", "sets", "loops", "files", "classes", "modules", "strings", "numbers"]
VERBS = ["hold", "change", "sort", "copy", "join", "read", "write", "count"]


def chat_rows(kind: str, count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """Small chats with a tool call, or pairs of answers, about a few topics; every fifth row is held out."""
    dice = random.Random(seed)
    tools = [
        {"type": "function", "function": {"name": "lookup", "description": "Look it up.", "parameters": {}}}
    ]
    rows = []
    for number in range(count):
        topic, verb = dice.choice(TOPICS), dice.choice(VERBS)
        ask = {"role": "user", "content": f"How do {topic} {verb} things, question {number}?"}
        good = {"role": "assistant", "content": f"To {verb} {topic}, call the method named {verb}."}
        row: dict[str, Any] = {
            "kind": kind,
            "split": "validation" if number % 5 == 0 else "train",
            "tools": tools,
        }
        if kind == "sft":
            call = {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"type": "function", "function": {"name": "lookup", "arguments": {"topic": topic}}}
                ],
            }
            found = {"role": "tool", "content": f"{topic}: see {verb}", "name": "lookup"}
            row |= {"messages": [ask, call, found, good], "reason": "accepted"}
        else:
            bad = {"role": "assistant", "content": f"I do not know about {topic}, sorry."}
            row |= {
                "prompt": [ask],
                "chosen": [good],
                "rejected": [bad],
                "reason": "pair_winner",
                "strength": 1,
            }
            row["votes"] = {"a": 2, "b": 0}
        row["lineage"] = {
            "trace": str(number),
            "simulated": number % 2 == 0,
            "licence": "MIT",
            "judgments": [],
            "redaction_rules": "v1",
        }
        rows.append(row)
    return rows


def approve(
    *, project: Project, requester: User, approver: User, rows: list[dict[str, Any]], name: str = "answers"
) -> Approval:
    """Seal the rows as a snapshot of their kind; ask for the signature and give it."""
    snapshot = sealed(project, requester, rows, name)
    review = request_review(who=requester, snapshot=snapshot)
    return approve_snapshot(who=approver, review=review, reason="looks right")


def sealed(project: Project, person: User, rows: list[dict[str, Any]], name: str) -> Snapshot:
    """A sealed snapshot nobody signed yet."""
    kind = rows[0]["kind"]
    quarantine = current_quarantine(project)
    selection = Selection.objects.create(
        project=project, name=name, kind=kind, spec={}, spec_sha256="0" * 64, created_by=person
    )
    snapshot = Snapshot.objects.create(
        project=project,
        selection=selection,
        kind=kind,
        name=name,
        number=Snapshot.objects.filter(project=project).count() + 1,
        quarantine=quarantine,
        created_by=person,
    )
    shard_rows = _insert_rows(project, snapshot, quarantine, rows)
    root = merkle_root([bytes.fromhex(row.leaf) for row in shard_rows]).hex()
    shards = list(shards_of(shard_rows))
    store(snapshot, shards, 1)
    tally = Tally()
    for row in rows:
        tally.keep(row=row, stratum="test", training_use="allowed")
    manifest = compose_manifest(
        name=name,
        kind=kind,
        project=project.slug,
        parent_root=None,
        root=root,
        selection={"name": name},
        tally=tally,
        dedup={},
        screening={"version": quarantine.number},
        shards=shards,
        code_version="test",
    )
    Snapshot.objects.filter(pk=snapshot.pk).update(
        state="sealed",
        root=root,
        sealed_at=NOW,
        row_count=len(rows),
        manifest=manifest,
        manifest_sha256=manifest_digest(manifest),
    )
    snapshot.refresh_from_db()
    return snapshot


def _insert_rows(
    project: Project, snapshot: Snapshot, quarantine: AssetVersion, rows: list[dict[str, Any]]
) -> list[ShardRow]:
    version = _version(project, quarantine)
    made = []
    for row in rows:
        body = canonical_row(row)
        salt = hashlib.sha256(b"salt" + body).digest()
        made.append((leaf_hash(salt, body).hex(), salt, body, row))
    made.sort()
    shard_rows = []
    for position, (leaf, salt, body, row) in enumerate(made):
        content_hash = hashlib.sha256(body).hexdigest()
        Screening.objects.get_or_create(
            project=project, content_hash=content_hash, quarantine=quarantine, defaults={"verdict": "clean"}
        )
        content, _ = RowContent.objects.get_or_create(
            project=project,
            content_hash=content_hash,
            defaults={"key_id": "test", "leaf": leaf, "salt": salt, "body": body},
        )
        SnapshotRow.objects.create(
            project=project,
            snapshot=snapshot,
            content=content,
            content_hash=content_hash,
            leaf=leaf,
            position=position,
            quarantine=quarantine,
            trace=version.trace,
            version=version,
            reason=row["reason"],
            split=row["split"],
            simulated=row["lineage"]["simulated"],
        )
        shard_rows.append(
            ShardRow(
                leaf=leaf,
                salt=salt.hex(),
                row=body.decode(),
                kind=row["kind"],
                split=row["split"],
                reason=row["reason"],
                simulated=row["lineage"]["simulated"],
            )
        )
    return shard_rows


def _version(project: Project, rules: AssetVersion) -> ConversationVersion:
    trace = Trace.objects.create(
        project=project,
        external_id=uuid.uuid4().hex,
        day=NOW.date(),
        occurred_at=NOW,
        route="test",
        training_use="allowed",
    )
    return ConversationVersion.objects.create(
        project=project,
        trace=trace,
        number=1,
        day=NOW.date(),
        content_hash="0" * 64,
        key_id="test",
        rules=rules,
    )
