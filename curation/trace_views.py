"""Pages of traces: the list, and one trace as the conversation it was."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound
from core.paging import keyset
from curation.bodies import Stored, load
from curation.models import (
    BacklogItem,
    ClusterMember,
    ConversationVersion,
    Drop,
    Feedback,
    LabelRevision,
    Receipt,
    Screening,
    Trace,
)
from curation.trace_facts import lineage_steps, trace_facts
from curation.trace_filters import filtered, narrowed_by, offered

ORDER = ("-occurred_at", "-id")
DUPLICATES_SHOWN = 10


@project_view("trace.read")
def traces(request: ProjectRequest) -> HttpResponse:
    """The newest first, narrowed by what stands in the URL."""
    params = request.GET.dict()
    found = filtered(Trace.objects.filter(project=request.project), params)
    found = found.select_related("current__curation").prefetch_related(
        Prefetch("feedback", Feedback.objects.order_by("id"))
    )
    page = keyset(found, request.GET, order=ORDER)
    context = {
        "page": page,
        "filters": offered(request.project, params),
        "narrowed": list(narrowed_by(params)),
        "is_narrowed": any(params.get(name) for name in params if name not in ("after", "before")),
    }
    return render(request, "curation/trace_list.html", context)


@project_view("trace.read")
def trace(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """One trace: what was said, what curation made of it, and where it went. `?version=` shows an earlier one."""
    found = _find(request, trace_id)
    versions = list(found.versions.select_related("rules__asset", "curation").order_by("-number"))
    shown = _chosen(versions, request.GET.get("version", ""))
    stored = _body(shown)
    batches, concluded = _batches(found), _conclusions(shown)
    slug = request.project.slug
    context: dict[str, Any] = {
        "trace": found,
        "facts": trace_facts(found, shown, slug),
        "steps": lineage_steps(
            found, shown, concluded["member"], batches[0].batch if batches else None, slug
        ),
        "versions": versions,
        "version": shown,
        "stored": stored,
        "calls": stored.conversation["calls"] if stored else [],
        "tools": stored.conversation["tools"] if stored else [],
        "redactions": sorted(shown.redactions.items()) if shown else [],
        "curation": getattr(shown, "curation", None),
        "feedback": found.feedback.order_by("id"),
        "backlog": BacklogItem.objects.filter(project=request.project, trace=found).order_by("-opened_at"),
        "batches": batches,
        "may_open": may(request.user, "backlog.open", request.project),
        **concluded,
    }
    return render(request, "curation/trace_detail.html", context)


def _find(request: ProjectRequest, trace_id: uuid.UUID) -> Trace:
    found = Trace.objects.filter(project=request.project, pk=trace_id).select_related("current").first()
    if found is None:
        raise NotFound("trace_not_found", "There is no such trace in this project.")
    return found


def _chosen(versions: list[ConversationVersion], wanted: str) -> ConversationVersion | None:
    named = [version for version in versions if str(version.number) == wanted]
    return next(iter(named or versions), None)


def _body(version: ConversationVersion | None) -> Stored | None:
    try:
        return load(version) if version else None
    except NotFound:
        return None


def _batches(trace: Trace) -> list[Receipt]:
    """The deliveries that brought this trace, one receipt for each batch."""
    receipts = Receipt.objects.filter(trace=trace).select_related("batch").order_by("batch_id", "id")
    return list(receipts.distinct("batch_id"))


def _conclusions(version: ConversationVersion | None) -> dict[str, Any]:
    """What curation says of this version: labels, drops, screenings, and near-duplicates with their likeness."""
    if version is None:
        return {
            "labels": [],
            "drops": [],
            "screenings": [],
            "duplicates": [],
            "cluster": None,
            "member": None,
        }
    member = ClusterMember.objects.filter(version=version).select_related("cluster").first()
    others = ClusterMember.objects.filter(cluster=member.cluster) if member else ClusterMember.objects.none()
    labels = LabelRevision.objects.filter(version=version).order_by("axis", "-number").distinct("axis")
    return {
        "labels": labels,
        "drops": Drop.objects.filter(version=version).order_by("id"),
        "screenings": Screening.objects.filter(project=version.project_id, content_hash=version.content_hash)
        .select_related("quarantine", "item")
        .order_by("-id")[:3],
        "member": member,
        "cluster": member.cluster if member else None,
        "duplicates": others.exclude(version=version)
        .select_related("version__trace")
        .order_by("-jaccard", "id")[:DUPLICATES_SHOWN],
    }
