"""One document: its text with passage borders, its versions, and the act of removing it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound
from indexer import queries
from indexer.actions.cite import resolve
from indexer.actions.delete_document import delete_document
from indexer.actions.flag_passage import flag_passage
from indexer.chunking import CHUNKER
from indexer.forms import NeedsWorkForm
from indexer.models import DocumentVersion, Source


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


@project_view("index.read")
@require_GET
def document(request: ProjectRequest, source_id: uuid.UUID) -> HttpResponse:
    """The newest version, or `?version=N`, from code point `?from=N` on."""
    source = get_object_or_404(Source.objects.of(request.project), pk=source_id)
    versions = DocumentVersion.objects.filter(source=source)
    wanted = _number(request.GET.get("version"))
    version = versions.filter(number=wanted).first() if wanted else versions.newest_first().first()
    if version is None:
        raise NotFound("version_not_found", _("There is no such document version in this project."))
    first = _number(request.GET.get("from"))
    shown, following = queries.pieces(version, CHUNKER, first)
    context = {
        "source": source,
        "version": version,
        "versions": queries.versions_of(version),
        "pieces": shown,
        "started": first > 0,
        "following": following,
        "marked": _number(request.GET.get("at")) if "at" in request.GET else None,
        "may_manage": may(request.user, "index.manage", request.project),
    }
    return render(request, "indexer/document.html", context)


@project_view("index.manage")
@require_POST
def delete(request: ProjectRequest, source_id: uuid.UUID) -> HttpResponse:
    """Take the document out of search."""
    source = delete_document(who=request.user, project=request.project, source_id=source_id)
    messages.success(request, _("%(name)s is out of search from now on.") % {"name": source.external_id})
    return redirect("indexer:document", request.project.slug, source.pk)


@project_view("index.read")
@require_GET
def citation(request: ProjectRequest, name: str) -> HttpResponse:
    """What a citation stands for; says when the version is no longer the current one."""
    found = resolve(who=request.user, project=request.project, name=name)
    text, start, end = found.version.text, found.citation.start, found.citation.end
    context = {
        "found": found,
        "before": text[max(0, start - 600) : start],
        "after": text[end : end + 600],
        "form": NeedsWorkForm(),
    }
    return render(request, "indexer/citation.html", context)


@project_view("backlog.open")
@require_POST
def needs_work(request: ProjectRequest, name: str) -> HttpResponse:
    """Put the passage on the backlog."""
    form = NeedsWorkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a reason from the list."))
        return redirect("indexer:citation", request.project.slug, name)
    flag_passage(who=request.user, project=request.project, citation_id=name, **form.cleaned_data)
    messages.success(request, _("Noted. It stands on the backlog with this passage."))
    return redirect("indexer:citation", request.project.slug, name)
