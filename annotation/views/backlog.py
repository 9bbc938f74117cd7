"""What becomes of a backlog item: a repair of its last answer or of one turn, or a pair."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound
from curation.bodies import load_many
from curation.models import BacklogItem

from ..actions.from_backlog import pair_from_backlog, repair_from_backlog
from ..exchange import as_of, question, response_of, turns_of


@require_POST
@project_view("annotation.manage")
def make_repair(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The item becomes a repair."""
    request = cast(ProjectRequest, request)
    given = request.POST.get("turn", "")
    turn = int(given) if given.isdecimal() and len(given) < 6 else None
    made = repair_from_backlog(who=request.user, backlog=_find(request, item_id), turn=turn)
    messages.success(request, _("A repair was made of it and waits in front of the others."))
    return redirect("annotation:item", slug=request.project.slug, item_id=made.pk)


@require_GET
@project_view("annotation.manage")
def choose_turn(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The turns of its conversation, each with what was asked and said, to choose the one that is repaired."""
    request = cast(ProjectRequest, request)
    backlog = _find(request, item_id)
    stored = load_many([backlog.version]).get(backlog.version.pk) if backlog.version else None
    if backlog.state != "open" or stored is None:
        raise NotFound(
            "conversation_not_there",
            _("There is no conversation to choose from: it was resolved, or is past its retention time."),
        )
    turns = []
    for turn in turns_of(stored.conversation):
        then = as_of(stored.conversation, turn)
        turns.append({"turn": turn, "asked": question(then)[-1:], "answer": response_of(then)})
    return render(request, "annotation/choose_turn.html", {"item": backlog, "turns": turns})


@require_POST
@project_view("annotation.manage")
def make_pair(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The item becomes a pair."""
    request = cast(ProjectRequest, request)
    made = pair_from_backlog(who=request.user, backlog=_find(request, item_id))
    messages.success(request, _("A pair was made of it and waits in front of the others."))
    return redirect("annotation:item", slug=request.project.slug, item_id=made.pk)


def _find(request: ProjectRequest, item_id: UUID) -> BacklogItem:
    found = (
        BacklogItem.objects.filter(project=request.project, pk=item_id)
        .select_related("project", "version")
        .first()
    )
    if found is None:
        raise NotFound("backlog_item_not_found", _("There is no such item in the backlog."))
    return found
