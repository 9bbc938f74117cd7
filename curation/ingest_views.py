"""Pages of what came in: how it goes, batches, and one batch with what of it was refused."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound
from core.paging import keyset
from core.resting import rested
from curation.flow import COUNTS, count, tallied_until, tally
from curation.flow_views import course_of, frame, present
from curation.models import IngestBatch, IngestMinute, Refusal
from curation.refusals import reasons
from curation.trace_facts import batch_facts, total_facts

BATCH_ORDER = ("-received_at", "-id")
REFUSAL_ORDER = ("-id",)
REASONS_SHOWN = 20
JUST_AFTER = timedelta(seconds=1)


@project_view("trace.read")
def ingest(request: ProjectRequest) -> HttpResponse:
    """What came in: live, then batches, newest first."""
    batches = IngestBatch.objects.filter(project=request.project).select_related("token")
    page = keyset(batches, request.GET, order=BATCH_ORDER, size=20)
    context: dict[str, Any] = {"page": page, "tabs": tabs(request.project.slug, "ingest")}
    if page.rows:
        so_far = rested(f"ingest:{request.project.pk}", lambda: _so_far(request))
        context |= frame(request) | present(request) | course_of(request) | {
            "facts": total_facts(so_far),
            "reasons": reasons(request.project.pk)[:REASONS_SHOWN],
        }  # fmt: skip
    return render(request, "curation/batch_list.html", context)


def tabs(slug: str, current: str) -> list[dict[str, Any]]:
    """The pages around what came in."""
    shown = (("traces", _("Traces")), ("ingest", _("What came in")), ("refusals", _("Refused rows")),
             ("rules", _("Redaction")),
             ("prices", _("Prices")), ("connect", _("Connect")))  # fmt: skip
    return [
        {"label": label, "href": reverse(f"curation:{name}", args=[slug]), "current": name == current}
        for name, label in shown
    ]


def _so_far(request: ProjectRequest) -> dict[str, int]:
    """All there ever was: the sums of the tallies, and the batches after the last of them."""
    project_id = request.project.pk
    sums = IngestMinute.objects.filter(project_id=project_id).aggregate(
        **{name: Sum(name) for name in COUNTS}
    )
    first = IngestBatch.objects.filter(project=request.project).order_by("received_at").first()
    since = tallied_until(project_id) or (first.received_at if first else None)
    latest = IngestBatch.objects.filter(project=request.project).order_by("-received_at").first()
    rest = tally([])
    if since and latest:
        rest = tally(count(project_id, since, max(since, latest.received_at) + JUST_AFTER))
    return {name: (sums[name] or 0) + getattr(rest, name) for name in COUNTS}


@project_view("trace.read")
def batch(request: ProjectRequest, batch_id: uuid.UUID) -> HttpResponse:
    """One batch: its counts add up to what was in it; its refused rows are listed."""
    found = IngestBatch.objects.filter(project=request.project, pk=batch_id).select_related("token").first()
    if found is None:
        raise NotFound("batch_not_found", "There is no such batch in this project.")
    refusals = Refusal.objects.filter(batch=found).with_body().with_outcome()
    page = keyset(refusals, request.GET, order=REFUSAL_ORDER)
    redactions = sorted(found.redactions.items())
    context = {"batch": found, "page": page, "facts": batch_facts(found), "redactions": redactions}
    return render(request, "curation/batch_detail.html", context)
