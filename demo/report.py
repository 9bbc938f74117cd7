"""What the visitor reads: where to go, what happened in numbers, and one row's way through the house."""

import os

from django.urls import reverse

from demo.people import PASSWORD, PEOPLE
from demo.story import Outcome, Telling
from snapshots.models import SnapshotRow
from trainers.models import ModelVersion


def address(path: str = "/") -> str:
    """A link into the running product."""
    return os.environ.get("WINNOW_URL", "http://127.0.0.1:8000").rstrip("/") + path


def print_welcome(telling: Telling) -> None:
    """Where it is and who may enter; the home page fills while the stages run."""
    telling.write(
        f"\nWinnow is at {address()}  – home fills while this goes on. Sign in, or use the bar to switch:"
    )
    for email, name, roles in PEOPLE:
        telling.write(
            f"   {', '.join(str(role.label) for role in roles):14} {name:16} {email}  ·  {PASSWORD}"
        )


def print_table(telling: Telling, outcomes: list[Outcome]) -> None:
    """Stage, state, seconds: nothing that did not run is shown as run."""
    telling.write("\n stage                                   state      seconds")
    telling.write(" " + "─" * 57)
    for outcome in outcomes:
        telling.write(f" {outcome.title:39} {outcome.state:9} {outcome.seconds:8.1f}")
    telling.write(f" {'whole demo':39} {'':9} {sum(outcome.seconds for outcome in outcomes):8.1f}")


def print_lineage(telling: Telling) -> None:
    """One training row as a link, and how to send one's own traces."""
    row = _judged_row(telling)
    if row is not None:
        path = reverse("lineage", args=[telling.cast.project.slug, "row", row.pk])
        telling.write("\nOne training row, from its trace to its model:")
        telling.write(f"   {' → '.join(_steps(row))}")
        telling.write(f"   {address(path)}")
    telling.write("\nSend your own traces (a token is made on the API tokens page):")
    telling.write(f"   OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={address('/v1/traces')} \\")
    telling.write("   OTEL_EXPORTER_OTLP_TRACES_HEADERS='authorization=Bearer wnw_…' python your_app.py\n")


def _judged_row(telling: Telling) -> SnapshotRow | None:
    approval = telling.made.get("preference") or telling.made.get("sft")
    if approval is None:
        return None
    rows = approval.snapshot.rows.filter(judgments__isnull=False, split="train").order_by("position")
    row: SnapshotRow | None = rows.first() or approval.snapshot.rows.first()
    return row


def _steps(row: SnapshotRow) -> list[str]:
    judges = row.judgments.values("revision__judgment__profile").distinct().count()
    approval = row.snapshot.approvals.first()
    model = (
        ModelVersion.objects.filter(run__approval=approval).order_by("created_at").first()
        if approval
        else None
    )
    return [
        f"trace {row.trace.external_id[:12]}",
        f"rules {row.version.rules.number}",
        f"cluster {row.cluster_key[:8] or 'of its own'}",
        f"{judges} judges",
        f"approved by {approval.approver}" if approval else "not approved",
        f"{model.run} → {model}" if model else "no run yet",
    ]
