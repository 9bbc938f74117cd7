"""The index page: what search answers from, which documents are in it, and what was delivered."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.paging import keyset
from indexer import queries
from indexer.actions.request_build import request_build
from indexer.actions.sync_documents import SyncDone, sync_documents
from indexer.documents import MAX_DELIVERY, read_documents
from indexer.forms import DeliveryForm
from indexer.models import IndexBuild, Sync

RECENT = 6
SHOWN_REFUSALS = 500


@project_view("index.read")
@require_GET
def board(request: ProjectRequest) -> HttpResponse:
    """State of the index, its documents, builds and deliveries."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "")[:200]
    licence = request.GET.get("licence")
    rows = queries.documents(
        request.project, state=state, licence=licence if licence != "*" else None, words=words
    )
    context = {
        "overview": queries.overview(request.project),
        "page": keyset(queries.with_passage_counts(rows), request.GET, order=("-pk",), size=25),
        "builds": IndexBuild.objects.of(request.project)[:RECENT],
        "syncs": Sync.objects.of(request.project)[:RECENT],
        "may_manage": may(request.user, "index.manage", request.project),
        "chosen": {"state": state, "q": words, "licence": "*" if licence is None else licence},
    }
    return render(request, "indexer/board.html", context)


@project_view("index.manage")
@require_http_methods(["GET", "POST"])
def deliver(request: ProjectRequest) -> HttpResponse:
    """Upload a file of documents."""
    form = DeliveryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        done = sync_documents(
            who=request.user,
            project=request.project,
            rows=read_documents(file, file.name, limit=MAX_DELIVERY),
            origin=file.name,
            complete=form.cleaned_data["complete"],
        )
        _tell(request, done)
        return redirect("indexer:delivery", request.project.slug, done.sync.pk)
    return render(request, "indexer/deliver.html", {"form": form}, status=422 if form.errors else 200)


def _tell(request: HttpRequest, done: SyncDone) -> None:
    if done.removal_withheld:
        messages.warning(
            request,
            _("Nothing was removed: a refused row without a readable id could be a missing document."),
        )
    if done.build is not None:
        messages.success(
            request, _("Stored. The index build is queued; search keeps answering from the present one.")
        )
    else:
        messages.success(request, _("Nothing has to be indexed."))


@project_view("index.read")
@require_GET
def delivery(request: ProjectRequest, sync_id: uuid.UUID) -> HttpResponse:
    """What one delivery changed, and every refused row."""
    sync = get_object_or_404(Sync, project=request.project, pk=sync_id)
    context = {"sync": sync, "refusals": sync.refusals.all()[:SHOWN_REFUSALS], "shown": SHOWN_REFUSALS}
    return render(request, "indexer/delivery.html", context)


@project_view("index.manage")
@require_POST
def build_now(request: ProjectRequest) -> HttpResponse:
    """Queue a build."""
    build = request_build(who=request.user, project=request.project)
    return redirect("indexer:build", request.project.slug, build.pk)


@project_view("index.read")
@require_GET
def build(request: ProjectRequest, build_id: uuid.UUID) -> HttpResponse:
    """One build: progress, counts, log. The live part alone for a background request."""
    found = get_object_or_404(IndexBuild.objects.of(request.project), pk=build_id)
    context: dict[str, Any] = {"build": found, "log": found.job.log.order_by("id")[:200] if found.job else []}
    context["current"] = queries.current_build(request.project)
    template = "indexer/_build_live.html" if request.headers.get("HX-Request") else "indexer/build.html"
    return render(request, template, context)
