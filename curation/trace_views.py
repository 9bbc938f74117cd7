"""Pages of traces: the list, and one trace as the conversation it was."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.paging import keyset
from curation.bodies import Stored, load
from curation.conversation import Conversation
from curation.flags import flags_of
from curation.ingest_views import tabs
from curation.label_views import choices
from curation.models import (
    BacklogItem,
    ClusterMember,
    ConversationVersion,
    Drop,
    Feedback,
    IngestBatch,
    LabelRevision,
    Screening,
    Span,
    Trace,
    VaultKey,
)
from curation.search.find import Hit, search, waiting
from curation.span_views import files_of, scope_of, trace_of, tree_context
from curation.trace_facts import call_totals, interruptions, lineage_steps, trace_facts
from curation.trace_filters import filtered, narrowed_by, offered, offered_more
from curation.version_changes import changes_by_version

ORDER = ("-occurred_at", "-id")
DUPLICATES_SHOWN = 10
MORE = ("difficulty", "language", "reason")
PLACES = {
    "": _("everything"),
    "question": _("what was asked"),
    "answer": _("answers"),
    "tools": _("tools and code"),
}
SPANS_AT_ONCE = 60
"""A tree of more spans than this loads when it is scrolled to."""


@project_view("trace.read")
def traces(request: ProjectRequest) -> HttpResponse:
    """The newest first, narrowed by what stands in the URL; with `?q=` those that hold these words."""
    params = request.GET.dict()
    rows, context = _searched(request, params) if params.get("q", "").strip() else _listed(request, params)
    context |= {
        "rows": rows,
        "tabs": tabs(request.project.slug, "traces"),
        "filters": offered(request.project, params),
        "more_filters": offered_more(request.project, params),
        "narrowed": list(narrowed_by(params)),
        "is_narrowed": any(params.get(name) for name in params if name not in ("after", "before")),
        "asked": {name: params.get(name, "") for name in ("q", "in", "since", "until")},
        "more_open": any(params.get(name) for name in (*MORE, "since", "until")),
        "places": PLACES,
        "may_save": may(request.user, "snapshot.create", request.project),
    }
    return render(request, "curation/trace_list.html", context)


def _listed(request: ProjectRequest, params: dict[str, str]) -> tuple[list[Hit], dict[str, Any]]:
    found = filtered(Trace.objects.filter(project=request.project), params)
    found = found.select_related("current__curation").prefetch_related(
        Prefetch("feedback", Feedback.objects.order_by("id"))
    )
    page = keyset(found, request.GET, order=ORDER)
    return [Hit(trace, None) for trace in page.rows], {"page": page}


def _searched(request: ProjectRequest, params: dict[str, str]) -> tuple[list[Hit], dict[str, Any]]:
    """What holds these words; a query without a word is told what to do and lists nothing."""
    try:
        page, hits = search(request.project, params)
    except Refused as refused:
        return [], {"page": None, "refused": refused}
    return hits, {"page": page, "indexing": waiting(request.project)}


@project_view("trace.read")
def trace(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """One trace: what was said, what curation made of it, and where it went. `?version=` shows an earlier one."""
    found = trace_of(request, trace_id)
    versions = list(found.versions.with_cost().select_related("rules__asset", "curation").order_by("-number"))
    shown = _chosen(versions, request.GET.get("version", ""))
    stored = _body(shown)
    told = stored.conversation if stored else None
    batches, concluded = _batches(found), _conclusions(shown)
    slug = request.project.slug
    context: dict[str, Any] = {
        "trace": found,
        "facts": trace_facts(found, shown, slug, told, _scopes(found, told)),
        "steps": lineage_steps(found, shown, concluded["member"], batches[0] if batches else None, slug),
        "versions": versions,
        "changes": changes_by_version(versions),
        "version": shown,
        "redactions": sorted(shown.redactions.items()) if shown else [],
        "curation": getattr(shown, "curation", None),
        "feedback": found.feedback.order_by("id"),
        "backlog": BacklogItem.objects.filter(project=request.project, trace=found).order_by("-opened_at"),
        "batches": batches,
        "may_open": may(request.user, "backlog.open", request.project),
        "may_ask": may(request.user, "vault.reveal", request.project)
        and VaultKey.objects.filter(trace=found, wrapped__isnull=False).exists(),
        "may_manage_rules": stored is not None and may(request.user, "curation.manage", request.project),
        "choices": choices(request) if may(request.user, "curation.manage", request.project) else {},
        "flags": flags_of(shown),
        "files": files_of(slug),
        "spans": tree_context(found) if found.span_count <= SPANS_AT_ONCE else None,
        **_told(stored),
        **concluded,
    }
    return render(request, "curation/trace_detail.html", context)


def _scopes(trace: Trace, told: Conversation | None) -> str:
    """The instrumentations that wrote it; where the conversation does not name them, that of its first call."""
    named = told.get("provenance", {}).get("scopes", []) if told else []
    return ", ".join(named) or scope_of(trace)


def _told(stored: Stored | None) -> dict[str, Any]:
    """What the conversation says beside its words; nothing of it once its text is past retention."""
    if stored is None:
        return {"stored": None}
    conversation = stored.conversation
    return {
        "stored": stored,
        "calls": conversation["calls"],
        "totals": call_totals(conversation["calls"]),
        "tools": conversation["tools"],
        "guards": conversation.get("guards", []),
        "interrupts": interruptions(conversation),
    }


def _chosen(versions: list[ConversationVersion], wanted: str) -> ConversationVersion | None:
    named = [version for version in versions if str(version.number) == wanted]
    return next(iter(named or versions), None)


def _body(version: ConversationVersion | None) -> Stored | None:
    try:
        return load(version) if version else None
    except NotFound:
        return None


def _batches(trace: Trace) -> list[IngestBatch]:
    """The deliveries that brought this trace."""
    brought = Span.objects.filter(day=trace.day, trace_id=trace.pk).values("batch_id")
    return list(IngestBatch.objects.filter(pk__in=brought).order_by("received_at", "id"))


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
    members = ClusterMember.objects.filter(version=version, cluster=F("version__curation__cluster"))
    member = members.select_related("cluster").first()
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
