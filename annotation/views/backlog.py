"""The two buttons of a backlog item: make a repair, make a pair."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound
from curation.models import BacklogItem

from ..actions.from_backlog import pair_from_backlog, repair_from_backlog


@require_POST
@project_view("annotation.manage")
def make_repair(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The item becomes a repair."""
    request = cast(ProjectRequest, request)
    made = repair_from_backlog(who=request.user, backlog=_find(request, item_id))
    messages.success(request, _("A repair was made of it and waits in front of the others."))
    return redirect("annotation:item", slug=request.project.slug, item_id=made.pk)


@require_POST
@project_view("annotation.manage")
def make_pair(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The item becomes a pair."""
    request = cast(ProjectRequest, request)
    made = pair_from_backlog(who=request.user, backlog=_find(request, item_id))
    messages.success(request, _("A pair was made of it and waits in front of the others."))
    return redirect("annotation:item", slug=request.project.slug, item_id=made.pk)


def _find(request: ProjectRequest, item_id: UUID) -> BacklogItem:
    found = BacklogItem.objects.filter(project=request.project, pk=item_id).select_related("project").first()
    if found is None:
        raise NotFound("backlog_item_not_found", _("There is no such item in the backlog."))
    return found
