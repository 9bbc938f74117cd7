"""Two datasets are sealed, one signature is given for each by a second person, and one is left for the visitor."""

from typing import Any

from demo.story import Facts, Telling
from demo.waiting import job_ended
from snapshots.actions.build_snapshot import build_snapshot
from snapshots.actions.create_selection import create_selection
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.models import Approval, Snapshot

SHARED = {"include_simulated": True, "validation_permille": 200}
NOTE = "Simulated judgments are in, and marked: this is the demo's data."
REASON = "Looked through the reasons, the exclusions and a sample of the rows; fine for a demo model."


def snapshot(telling: Telling) -> Facts:
    """Sealed, requested by the ML engineer, approved by the data lead."""
    sft = _build(telling, "Answers people stood behind", {"kind": "sft"})
    pairs = _build(telling, "Judged pairs", {"kind": "preference"})
    left = _build(
        telling,
        "Clear preferences only",
        {"kind": "preference", "min_strength": 1.5},
    )
    telling.made["sft"] = _approved(telling, sft)
    telling.made["preference"] = _approved(telling, pairs)
    fixed = _build(
        telling,
        "Repaired answers",
        {"kind": "sft", "reasons": ["accepted", "fixed"]},
    )
    telling.made["unused"] = _approved(telling, fixed)
    telling.made["waiting"] = left
    request_review(who=telling.cast.engineer, snapshot=left, note="For the next preference step.")
    return {
        "sealed": ", ".join(
            f"{one.name}: {one.row_count} rows, root {(one.root or '')[:12]}" for one in (sft, pairs, fixed)
        ),
        "reasons": _reasons(sft),
        "left out of the SFT rows": _exclusions(sft),
        "approved": f"three, by {telling.cast.lead}, at the request of {telling.cast.engineer}",
        "waits for you to sign": f"{left.name}: {left.row_count} rows",
    }


def _build(telling: Telling, name: str, spec: dict[str, Any]) -> Snapshot:
    cast = telling.cast
    selection = create_selection(who=cast.engineer, project=cast.project, name=name, spec=SHARED | spec)
    made = build_snapshot(who=cast.engineer, project=cast.project, selection=selection)
    assert made.job is not None
    job_ended(telling, made.job, what=f"building “{name}”", seconds=300)
    made.refresh_from_db()
    return made


def _approved(telling: Telling, made: Snapshot) -> Approval:
    review = request_review(who=telling.cast.engineer, snapshot=made, note=NOTE)
    return approve_snapshot(who=telling.cast.lead, review=review, reason=REASON)


def _reasons(made: Snapshot) -> str:
    counts: dict[str, int] = made.manifest["counts"]["by_reason"]
    return ", ".join(f"{number} {reason}" for reason, number in counts.items())


def _exclusions(made: Snapshot) -> str:
    counts: dict[str, int] = made.manifest["counts"]["excluded"]
    return (
        ", ".join(f"{number} {name}" for name, number in sorted(counts.items(), key=lambda item: -item[1]))
        or "none"
    )
