"""A value that was too long for its span, as a file to take along."""

from __future__ import annotations

from django.http import HttpResponse

from accounts.access import ProjectRequest, project_view
from curation.ingest.blobs import read_blob

INLINE_NEVER = "application/octet-stream"


@project_view("trace.read")
def blob(request: ProjectRequest, sha256: str) -> HttpResponse:
    """The file of that hash, if a trace of this project names it; never shown in the page, whatever it says it is."""
    found, content = read_blob(request.project.pk, sha256)
    response = HttpResponse(content, content_type=INLINE_NEVER)
    response["Content-Disposition"] = f'attachment; filename="{found.sha256[:12]}.bin"'
    return response
