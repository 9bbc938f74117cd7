"""Pages of a run of the rules over what is stored: how far it is, and what it changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.jobs import request_cancel
from core.paging import keyset
from core.plots.bars import Bar, bars
from curation.actions.reredact import LIVE, start_reredaction
from curation.bodies import load_many
from curation.flow_plots import HALF
from curation.models import ConversationVersion, Reredacted, Reredaction
from curation.rule_forms import KINDS
from curation.ruling.followers import uses_of
from curation.ruling.trial import Sample, samples

PER_CONVERSATION = 3


@require_POST
@project_view("curation.manage")
def start(request: ProjectRequest) -> HttpResponse:
    """Run the rules in force over what is stored; `erase` also destroys what they had missed."""
    try:
        run = start_reredaction(
            who=request.user,
            project=request.project,
            erase="erase" in request.POST,
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("curation:rules", request.project.slug)
    return redirect("curation:rules_run", request.project.slug, run.pk)


@require_safe
@project_view("curation.read")
def run(request: ProjectRequest, rerun_id: uuid.UUID) -> HttpResponse:
    """Progress while it goes on, then the diff: counts by kind and rule, examples, and what was made from the old versions."""
    found = _find(request, rerun_id)
    if request.headers.get("HX-Request"):
        if found.state not in LIVE:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "curation/_rules_run_live.html", {"run": found})
    superseded = ConversationVersion.objects.filter(pk__in=found.changes.values("before"))
    changes = found.changes.select_related("trace", "before", "after")
    page = keyset(changes, request.GET, order=("-pk",), size=20)
    context = {
        "run": found,
        "page": page,
        "rows": _rows(page.rows),
        "kinds_plot": _plot(
            _("Newly replaced, by kind"), {str(KINDS.get(kind, kind)): n for kind, n in found.kinds.items()}
        ),
        "rules_plot": _plot(_("Newly replaced, by rule"), found.by_rule),
        "uses": uses_of(superseded),
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/rules_run.html", context)


@require_POST
@project_view("curation.manage")
def cancel(request: ProjectRequest, rerun_id: uuid.UUID) -> HttpResponse:
    """Ask the run to stop; what it changed so far stays changed."""
    found = _find(request, rerun_id)
    if found.job is not None and request_cancel(found.job):
        messages.success(request, _("The run stops after the batch it works on."))
    return redirect("curation:rules_run", request.project.slug, found.pk)


def _find(request: ProjectRequest, rerun_id: uuid.UUID) -> Reredaction:
    runs = Reredaction.objects.filter(project=request.project, pk=rerun_id)
    found = runs.select_related("rules", "job", "requested_by", "project").first()
    if found is None:
        raise NotFound("run_not_found", _("There is no such run in this project."))
    return found


def _rows(changes: Sequence[Reredacted]) -> list[dict[str, Any]]:
    """Each change with a few of its stand-ins; never the text they stand in for."""
    versions = [one for change in changes for one in (change.before, change.after) if one is not None]
    bodies = load_many(versions)
    rows = []
    for change in changes:
        shown: list[Sample] = []
        if change.before_id in bodies and change.after_id in bodies:
            before, after = bodies[change.before_id].conversation, bodies[change.after_id].conversation
            shown = samples(change.trace_id, before, after)[:PER_CONVERSATION]
        rows.append({"change": change, "samples": shown, "erased": change.before_id not in bodies})
    return rows


def _plot(title: str, counts: dict[str, int]) -> Any:
    ordered = sorted(counts.items(), key=lambda one: -one[1])[:12]
    if not ordered:
        return None
    return bars(title, [Bar(name, (value,)) for name, value in ordered], unit=_("places"), width=HALF)
