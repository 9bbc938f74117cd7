"""Whether a snapshot looks like production: loaded when it is scrolled to."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ProjectRequest, project_view
from curation.likeness import likeness, likeness_plot
from snapshots.models import SnapshotRow
from snapshots.queries import find_snapshot


@require_safe
@project_view(verb="snapshot.read")
def against_production(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """Its conversations against the live window."""
    snapshot = find_snapshot(request.project, snapshot_id)
    versions = SnapshotRow.objects.filter(snapshot=snapshot).values_list("version_id", flat=True)
    found = likeness(request.project, list(versions.distinct()))
    return render(request, "curation/_likeness.html", {"found": found, "likeness_plot": likeness_plot(found)})
