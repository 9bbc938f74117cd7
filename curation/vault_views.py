"""The page of the vault: whether it seals, what was asked and decided, one look at an original, and shredding a person."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound, Refused
from core.paging import keyset
from curation.actions.reveal_original import ask_to_reveal, decide_reveal, reveal, shred_person, switch_vault
from curation.ingest_views import tabs
from curation.models import RevealRequest, Trace, VaultKey, VaultSwitch
from curation.rule_forms import VaultAskForm


@project_view("vault.reveal")
@require_http_methods(["GET", "POST"])
def vault(request: ProjectRequest) -> HttpResponse:
    """Requests, newest first; the switch; shredding."""
    if request.method == "POST":
        return _done(request, _switched if "switch" in request.POST else _shredded)
    found = RevealRequest.objects.filter(project=request.project)
    page = keyset(
        found.select_related("entry__key", "requested_by", "decided_by"),
        request.GET,
        order=("-requested_at", "-id"),
    )
    now = timezone.now()
    context = {
        "page": page,
        "rows": [
            (one, one.state == "granted" and one.expires_at and one.expires_at > now) for one in page.rows
        ],
        "installed": settings.VAULT,
        "enabled": VaultSwitch.objects.filter(project=request.project, enabled=True).exists(),
        "traces": VaultKey.objects.filter(project=request.project, wrapped__isnull=False).count(),
        "shredded": VaultKey.objects.filter(project=request.project, wrapped=None).count(),
        "person": request.GET.get("person", "")[:64],
        "tabs": tabs(request.project.slug, "rules"),
    }
    return render(request, "curation/vault.html", context)


@project_view("vault.reveal")
@require_http_methods(["GET", "POST"])
def ask(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """Ask for the original behind one stand-in of a trace."""
    trace = Trace.objects.filter(project=request.project, pk=trace_id).first()
    if trace is None:
        raise NotFound("trace_not_found", _("There is no such trace in this project."))
    held = VaultKey.objects.filter(trace=trace, wrapped__isnull=False).first()
    names = sorted(held.entries.values_list("surrogate", flat=True)) if held else []
    form = VaultAskForm(names, request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        ask_to_reveal(
            who=request.user,
            project=request.project,
            trace=trace,
            surrogate=said["surrogate"],
            reason=said["reason"],
        )
        messages.success(request, _("Somebody else has to grant this now."))
        return redirect("curation:vault", request.project.slug)
    return render(request, "curation/vault_ask.html", {"form": form, "trace": trace, "names": names})


@require_POST
@project_view("vault.reveal")
def decide(request: ProjectRequest, request_id: uuid.UUID) -> HttpResponse:
    """Grant or deny what somebody else asked."""

    def decided(request: ProjectRequest) -> str:
        made = decide_reveal(
            who=request.user,
            project=request.project,
            request_id=request_id,
            grant=request.POST.get("decision") == "grant",
        )
        return _("Granted for a quarter of an hour.") if made.state == "granted" else _("Denied.")

    return _done(request, decided)


@never_cache
@require_POST
@project_view("vault.reveal")
def look(request: ProjectRequest, request_id: uuid.UUID) -> HttpResponse:
    """The original, once, on a page that nothing keeps."""
    original = reveal(who=request.user, project=request.project, request_id=request_id)
    return render(request, "curation/vault_look.html", {"original": original})


def _switched(request: ProjectRequest) -> str:
    made = switch_vault(who=request.user, project=request.project, enabled=request.POST.get("switch") == "on")
    return (
        _("Originals of what comes in are sealed from now on.")
        if made.enabled
        else _("Nothing more is sealed.")
    )


def _shredded(request: ProjectRequest) -> str:
    said: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in ("person", "reason")}
    count = shred_person(
        who=request.user, project=request.project, user_key=said["person"], reason=said["reason"]
    )
    return _("The keys of %(n)d traces are destroyed.") % {"n": count}


def _done(request: ProjectRequest, act: Callable[[ProjectRequest], str]) -> HttpResponse:
    """A refusal of the act is said on the page; a missing object is a missing page."""
    try:
        messages.success(request, act(request))
    except Refused as refused:
        if refused.code == "request_not_found":
            raise
        messages.error(request, str(refused))
    return redirect("curation:vault", request.project.slug)
