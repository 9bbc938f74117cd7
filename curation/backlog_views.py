"""The backlog: what needs work, who does it, and how it ended."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.actions.members import find_member
from accounts.models import User
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.paging import keyset
from curation.actions.backlog import REASONS, RESOLUTIONS, assign_item, open_item, resolve_item
from curation.backlog import balance, items
from curation.bodies import load_many
from curation.conversation import Conversation
from curation.models import BacklogItem, Trace

NEWEST = {"open": ("-opened_at", "pk"), "resolved": ("-opened_at", "pk")}
BY_HAND = ("dismissed", "reindexed")


@project_view("backlog.read")
def backlog(request: ProjectRequest) -> HttpResponse:
    """Open items or resolved ones, narrowed by reason or to mine."""
    state = "resolved" if request.GET.get("state") == "resolved" else "open"
    reason = request.GET.get("reason", "")
    mine = request.GET.get("owner") == "me"
    found = items(request.project, state=state, reason=reason, owner=request.user if mine else None)
    books = balance(request.project)
    address = reverse("curation:backlog", args=[request.project.slug])
    context = {
        "page": keyset(found, request.GET, order=NEWEST[state]),
        "state": state,
        "tabs": [
            {"label": _("Open"), "href": address, "current": state == "open", "count": books.open},
            {"label": _("Resolved"), "href": f"{address}?state=resolved", "current": state == "resolved",
             "count": sum(books.resolved.values())},
        ],
        "reasons": [(name, words, name == reason) for name, words in REASONS.items()],
        "mine": mine,
        "books": books,
    }  # fmt: skip
    return render(request, "curation/backlog_list.html", context)


@project_view("backlog.read")
def backlog_item(request: ProjectRequest, item_id: uuid.UUID) -> HttpResponse:
    """One item: what it is about, and the ways to end it."""
    item = _find(request, item_id)
    stored = load_many([item.version]).get(item.version.pk) if item.version else None
    context = {
        "item": item,
        "reason": REASONS.get(item.reason, item.reason),
        "conversation": stored.conversation if stored else None,
        "may_manage": may(request.user, "backlog.manage", request.project),
        "members": User.objects.filter(
            memberships__project=request.project, is_active=True, is_simulated=False
        )
        .distinct()
        .order_by("name"),
        "by_hand": [(name, RESOLUTIONS[name]) for name in BY_HAND if name != "reindexed" or item.citation],
        "mend": _mend(request, item),
        "turns": _turns(request, item) if stored and _asked_often(stored.conversation) else "",
        "resolution": RESOLUTIONS.get(item.resolution, ""),
    }
    return render(request, "curation/backlog_detail.html", context)


@project_view("backlog.open")
@require_http_methods(["GET", "POST"])
def needs_work(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """Say what is wrong with a trace."""
    trace = Trace.objects.filter(project=request.project, pk=trace_id).select_related("current").first()
    if trace is None:
        raise NotFound("trace_not_found", _("There is no such trace in this project."))
    if request.method == "POST":
        reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
        try:
            item = open_item(who=request.user, project=request.project, reason=reason, trace=trace, note=note)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("curation:needs_work", slug=request.project.slug, trace_id=trace.pk)
        messages.success(request, _("It is on the backlog."))
        return redirect("curation:backlog_item", slug=request.project.slug, item_id=item.pk)
    return render(request, "curation/backlog_open.html", {"trace": trace, "reasons": REASONS.items()})


@project_view("backlog.manage")
@require_POST
def assign(request: ProjectRequest, item_id: uuid.UUID) -> HttpResponseRedirect:
    """Give it to somebody of the project."""
    item = _find(request, item_id)
    return _done(
        request,
        item,
        lambda: assign_item(who=request.user, item=item, owner=_owner(request)),
        _("The owner is noted."),
    )


def _owner(request: ProjectRequest) -> User | None:
    """The chosen member, None for everybody; somebody else is refused, not taken for nobody."""
    given = request.POST.get("owner", "")
    try:
        return find_member(request.project, uuid.UUID(given)) if given else None
    except ValueError:
        raise NotFound("member_not_found", _("There is no such member in this project.")) from None


@project_view("backlog.manage")
@require_POST
def resolve(request: ProjectRequest, item_id: uuid.UUID) -> HttpResponseRedirect:
    """Dismiss it, or say that its document was indexed again."""
    item = _find(request, item_id)
    resolution = request.POST.get("resolution", "")
    note = request.POST.get("note", "")
    return _done(
        request,
        item,
        lambda: resolve_item(who=request.user, item=item, resolution=resolution, note=note),
        _("Resolved."),
    )


def _find(request: ProjectRequest, item_id: uuid.UUID) -> BacklogItem:
    found = BacklogItem.objects.filter(project=request.project, pk=item_id)
    item = found.select_related("trace", "version", "owner", "opened_by", "resolved_by", "project").first()
    if item is None:
        raise NotFound("item_not_found", _("There is no such item on this project's backlog."))
    return item


def _done(request: ProjectRequest, item: BacklogItem, act: Any, said: str) -> HttpResponseRedirect:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("curation:backlog_item", slug=request.project.slug, item_id=item.pk)


def _asked_often(conversation: Conversation) -> bool:
    return sum(one["role"] == "user" for one in conversation["messages"]) > 1


def _turns(request: ProjectRequest, item: BacklogItem) -> str:
    """Where one turn is chosen to be repaired, if annotation is there to offer it."""
    if item.state != "open":
        return ""
    try:
        return reverse("annotation:backlog-turns", args=[request.project.slug, item.pk])
    except NoReverseMatch:
        return ""


def _mend(request: ProjectRequest, item: BacklogItem) -> list[tuple[str, str]]:
    """One click to a repair or a pair, where annotation offers it for a conversation."""
    if item.version_id is None or item.state != "open":
        return []
    names = (("annotation:backlog-repair", _("Make a repair")), ("annotation:backlog-pair", _("Make a pair")))
    offered = []
    for name, words in names:
        try:
            offered.append((reverse(name, args=[request.project.slug, item.pk]), words))
        except NoReverseMatch:
            continue
    return offered
