"""Pages of what came in: batches, and rows that were refused with what to do about them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Max, Sum
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound
from core.paging import keyset
from curation.models import IngestBatch, Refusal
from curation.trace_facts import batch_facts, total_facts

BATCH_ORDER = ("-received_at", "-id")
REFUSAL_ORDER = ("-id",)
REASONS_SHOWN = 20


@project_view("trace.read")
def ingest(request: ProjectRequest) -> HttpResponse:
    """Batches, newest first, with what was refused by reason."""
    batches = IngestBatch.objects.filter(project=request.project)
    totals = batches.aggregate(
        batches=Count("id"), accepted=Sum("accepted"), redelivered=Sum("redelivered"),
        conflicting=Sum("conflicting"), refused=Sum("refused"), bytes=Sum("bytes"),
    )  # fmt: skip
    context = {
        "page": keyset(batches.select_related("token"), request.GET, order=BATCH_ORDER, size=30),
        "facts": total_facts(totals),
        "reasons": reasons(request),
    }
    return render(request, "curation/batch_list.html", context)


def reasons(request: ProjectRequest) -> Iterable[Mapping[str, Any]]:
    """Refusal codes with how often and when last; the list of refusals can be narrowed to one."""
    refusals = Refusal.objects.filter(project=request.project).order_by()
    counted = refusals.values("code").annotate(count=Count("id"), last=Max("refused_at"))
    return counted.order_by("-count", "code")[:REASONS_SHOWN]


@project_view("trace.read")
def batch(request: ProjectRequest, batch_id: uuid.UUID) -> HttpResponse:
    """One batch: its counts add up to what was in it; its refused rows are listed."""
    found = IngestBatch.objects.filter(project=request.project, pk=batch_id).select_related("token").first()
    if found is None:
        raise NotFound("batch_not_found", "There is no such batch in this project.")
    refusals = Refusal.objects.filter(batch=found)
    page = keyset(refusals, request.GET, order=REFUSAL_ORDER)
    redactions = sorted(found.redactions.items())
    context = {"batch": found, "page": page, "facts": batch_facts(found), "redactions": redactions}
    return render(request, "curation/batch_detail.html", context)


@project_view("trace.read")
def refusals(request: ProjectRequest) -> HttpResponse:
    """Refused rows of all batches, newest first; `?code=` narrows them."""
    found = Refusal.objects.filter(project=request.project).select_related("batch")
    if code := request.GET.get("code"):
        found = found.filter(code=code)
    context = {
        "page": keyset(found, request.GET, order=REFUSAL_ORDER),
        "reasons": reasons(request),
        "code": code or "",
    }
    return render(request, "curation/refusal_list.html", context)
