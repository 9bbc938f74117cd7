"""Rows of a snapshot, the page of one, and its erasure."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from core.paging import keyset
from snapshots.actions.erase_row import erase_row
from snapshots.forms import ReasonForm
from snapshots.models import Approval, Snapshot, SnapshotRow
from snapshots.proofs import proof_of
from snapshots.queries import find_row, find_snapshot
from snapshots.samples import shown
from snapshots.views.objects import rights
from snapshots.words import REASONS, word


@require_safe
@project_view(verb="snapshot.read")
def rows(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """Rows in leaf order; ?split=, ?reason=, ?simulated=1, ?only=added."""
    found = find_snapshot(request.project, snapshot_id)
    chosen = {name: request.GET.get(name, "") for name in ("split", "reason", "simulated", "only")}
    page = keyset(_filtered(found, chosen), request.GET, order=("position", "pk"))
    counts = found.manifest.get("counts", {"by_reason": {}, "splits": {}})
    context = {
        "snapshot": found,
        "page": page,
        "rows": [shown(row) for row in page],
        "chosen": chosen,
        "reasons": [(name, word(REASONS, name)[0]) for name in counts["by_reason"]],
        "splits": list(counts["splits"]),
    }
    return render(request, "snapshots/rows.html", context)


def _filtered(found: Snapshot, chosen: dict[str, str]) -> QuerySet[SnapshotRow]:
    found_rows = SnapshotRow.objects.filter(snapshot=found).select_related("content")
    if chosen["split"]:
        found_rows = found_rows.filter(split=chosen["split"])
    if chosen["reason"]:
        found_rows = found_rows.filter(reason=chosen["reason"])
    if chosen["simulated"]:
        found_rows = found_rows.filter(simulated=chosen["simulated"] == "1")
    if chosen["only"] == "added" and found.parent_id:
        known = SnapshotRow.objects.filter(snapshot=found.parent_id)
        found_rows = found_rows.exclude(leaf__in=known.values("leaf"))
    return found_rows


@require_safe
@project_view(verb="snapshot.read")
def row(request: ProjectRequest, snapshot_id: uuid.UUID, leaf: str) -> HttpResponse:
    """One row: what is trained on, why it is there, and the proof that it is in the root."""
    found = find_snapshot(request.project, snapshot_id)
    one = find_row(found, leaf)
    siblings = SnapshotRow.objects.filter(snapshot=found)
    context: dict[str, Any] = {
        "snapshot": found,
        "one": shown(one),
        "row": one,
        "sources": one.sources.select_related("trace", "version").order_by("pk"),
        "judgments": one.judgments.count(),
        "proof": proof_of(found, one),
        "previous": siblings.filter(position=one.position - 1).first() if one.position else None,
        "next": siblings.filter(position=one.position + 1).first(),
        "elsewhere": Snapshot.objects.filter(rows__content=one.content_id).exclude(pk=found.pk),
        "approvals": Approval.objects.standing().filter(snapshot__rows__content=one.content_id).count(),
        "form": ReasonForm(),
        "may": rights(request),
    }
    return render(request, "snapshots/row.html", context)


@require_POST
@project_view(verb="snapshot.erase")
def erase(request: ProjectRequest, snapshot_id: uuid.UUID, leaf: str) -> HttpResponse:
    """Destroy a row's text and salt."""
    find_row(find_snapshot(request.project, snapshot_id), leaf)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    erase_row(who=request.user, project=request.project, leaf=leaf, reason=reason)
    messages.success(request, _("The row's text and salt are destroyed."))
    return redirect("snapshots:row", request.project.slug, snapshot_id, leaf)
