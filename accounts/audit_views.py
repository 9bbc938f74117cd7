"""Who did what in this project: the audit, newest first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ProjectRequest, project_view
from core.models import AuditEntry
from core.paging import keyset

FILTERS = {"verb": "verb", "actor": "actor_id", "subject": "subject_id"}


@require_safe
@project_view(verb="audit.read")
def audit(request: ProjectRequest) -> HttpResponse:
    """Entries; ?verb=, ?actor= and ?subject= narrow them."""
    chosen = {name: request.GET.get(name, "").strip() for name in FILTERS}
    entries = AuditEntry.objects.filter(project_id=request.project.pk)
    for name, column in FILTERS.items():
        if chosen[name]:
            entries = entries.filter(**{column: chosen[name]})
    context = {
        "page": keyset(entries, request.GET, order=("-id",), size=100),
        "chosen": chosen,
        "filtered": any(chosen.values()),
    }
    return render(request, "accounts/audit.html", context)
