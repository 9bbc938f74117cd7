"""The list of snapshots and the page of one."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.paging import keyset
from core.plots.bars import Bar, bars
from snapshots.actions.export import export_jsonl, export_shard
from snapshots.actions.verify_snapshot import as_data, verify_snapshot
from snapshots.build.materialise import current_shards
from snapshots.forms import NoteForm
from snapshots.models import Review, Selection, Snapshot
from snapshots.preference_lines import Shape, Ties
from snapshots.queries import (
    SHOWN,
    change_since_parent,
    find_snapshot,
    history_of,
    standing_approval,
    with_standing,
)
from snapshots.samples import sample_rows
from snapshots.words import EXCLUSIONS, REASONS, checked, counted, word
from snapshots.words import VERBS as VERBS_SAID

VERBS = ("create", "request", "approve", "withdraw", "export", "erase")


@require_safe
@project_view(verb="snapshot.read")
def listing(request: ProjectRequest) -> HttpResponse:
    """Snapshots, newest first; filters live in the URL."""
    snapshots = with_standing(Snapshot.objects.filter(project=request.project)).select_related("created_by")
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    if kind:
        snapshots = snapshots.filter(kind=kind)
    if state:
        snapshots = snapshots.filter(shown=state)  # type: ignore[misc]
    context = {
        "page": keyset(snapshots, request.GET, order=("-number", "pk")),
        "kind": kind,
        "state": state,
        "states": SHOWN,
        "filtered": bool(kind or state),
        "may": rights(request),
    }
    return render(request, "snapshots/list.html", context)


@require_safe
@project_view(verb="snapshot.read")
def snapshot(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """What is in it, is it fine, what happened, what can I do."""
    found = find_snapshot(request.project, snapshot_id)
    context: dict[str, Any] = {
        "snapshot": found,
        "may": rights(request),
        "spec": spec_facts(found.selection),
        "history": [
            {
                "at": one.at,
                "actor_name": _("Winnow") if one.actor_kind == "system" else one.actor_name,
                "said": word(VERBS_SAID, one.verb)[0],
            }
            for one in history_of(found)[:30]
        ],
    }
    if found.state == "sealed":
        context |= sealed_context(found) | standing_context(found)
    return render(request, "snapshots/snapshot.html", context)


def rights(request: ProjectRequest) -> dict[str, bool]:
    """What this person may do with snapshots, by verb."""
    return {verb: may(request.user, f"snapshot.{verb}", request.project) for verb in VERBS}


def sealed_context(found: Snapshot) -> dict[str, Any]:
    """Everything a sealed snapshot says about itself."""
    counts = found.manifest["counts"]
    return {
        "counts": counts,
        "kept": counted(REASONS, counts["by_reason"]),
        "excluded": counted(EXCLUSIONS, counts["excluded"]),
        "strata_plot": _strata_plot(counts["strata"]),
        "samples": sample_rows(found),
        "change": change_since_parent(found),
        "shards": current_shards(found),
        "spec": spec_facts(found.selection),
    }


def standing_context(found: Snapshot) -> dict[str, Any]:
    """Reviews and signature, and the line of links through the house."""
    reviews = list(Review.objects.filter(snapshot=found).select_related("requested_by", "decided_by"))
    reviews.sort(key=lambda review: review.requested_at, reverse=True)
    approval = standing_approval(found)
    return {
        "reviews": reviews,
        "open_review": next((review for review in reviews if review.state == "open"), None),
        "approval": approval,
        "checks": checked(reviews[0].checks) if reviews else [],
        "checked_at": reviews[0].requested_at if reviews else None,
        "note_form": NoteForm(),
        "steps": _steps(found, approval is not None),
    }


@require_safe
@project_view(verb="snapshot.read")
def progress(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """The fragment of a build; once it is over the page is loaded anew."""
    found = find_snapshot(request.project, snapshot_id)
    if found.shown != "building":  # type: ignore[attr-defined]
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "snapshots/_building.html", {"snapshot": found})


@require_POST
@project_view(verb="snapshot.read")
def verify(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """Run every check now; a fragment for the page, a message without scripts."""
    found = find_snapshot(request.project, snapshot_id)
    verdict = verify_snapshot(who=request.user, snapshot=found)
    if request.headers.get("HX-Request"):
        context = {"snapshot": found, "checks": checked(as_data(verdict)), "just_now": True}
        return render(request, "snapshots/_checks.html", context)
    if verdict.holds:
        messages.success(request, _("Every check holds."))
    else:
        messages.error(request, "; ".join(f"{one.check}: {one.seen}" for one in verdict.broken))
    return redirect("snapshots:snapshot", request.project.slug, snapshot_id)


@require_safe
@project_view(verb="snapshot.read")
def manifest(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """The manifest as JSON."""
    found = find_snapshot(request.project, snapshot_id)
    body = json.dumps(found.manifest, indent=2, ensure_ascii=False, sort_keys=True)
    return HttpResponse(body, content_type="application/json; charset=utf-8")


@require_safe
@project_view(verb="snapshot.export")
def export(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponseBase:
    """JSON lines in the shapes TRL reads; ?split=, ?lineage=1, and of preferences ?ties=, ?shape= and ?voters=1."""
    found = find_snapshot(request.project, snapshot_id)
    split = request.GET.get("split", "")
    lines = export_jsonl(
        who=request.user,
        snapshot=found,
        split=split,
        lineage=request.GET.get("lineage") == "1",
        ties=request.GET.get("ties", Ties.DROP),
        shape=request.GET.get("shape", Shape.PAIRED),
        pseudonyms=request.GET.get("voters") == "1",
    )
    name = f"{request.project.slug}-{found.number}-{split or 'all'}.jsonl"
    return StreamingHttpResponse(
        lines,
        content_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@project_view(verb="snapshot.export")
def shard(request: ProjectRequest, snapshot_id: uuid.UUID, name: str) -> HttpResponse:
    """One sealed Parquet file."""
    found = find_snapshot(request.project, snapshot_id)
    data = export_shard(who=request.user, snapshot=found, name=name)
    disposition = f'attachment; filename="{request.project.slug}-{found.number}-{name}"'
    return HttpResponse(
        data, content_type="application/vnd.apache.parquet", headers={"Content-Disposition": disposition}
    )


def _strata_plot(strata: dict[str, int]) -> Any:
    largest = sorted(strata.items(), key=lambda pair: (-pair[1], pair[0]))
    rest = sum(count for _name, count in largest[12:])
    rows = [Bar(name, [count]) for name, count in largest[:12]]
    if rest:
        rows.append(Bar(_("%d smaller ones") % (len(largest) - 12), [rest]))
    return bars(_("Rows by domain and difficulty"), rows, unit=_("rows"))


def spec_facts(selection: Selection) -> list[tuple[Any, Any]]:
    spec = selection.spec
    axes = [value for axis in ("domains", "difficulties", "kinds", "languages") for value in spec[axis]]
    return [
        (_("Selection"), selection.name),
        (_("Reasons"), ", ".join(str(word(REASONS, reason)[0]) for reason in spec["reasons"])),
        (_("Preference from"), spec["min_strength"]),
        (_("Simulated"), _("asked for") if spec["include_simulated"] else _("left out")),
        (_("Per cluster"), _("one row") if spec["one_per_cluster"] else _("all rows")),
        (_("Strata"), ", ".join(axes) or _("all")),
        (_("Recipe"), spec.get("recipe") or None),
        (_("Limit"), spec["max_rows"] or _("none")),
        (_("Held out"), f"{spec['validation_permille'] / 10:g} %"),
        (_("Seed"), spec["seed"]),
    ]


def _steps(found: Snapshot, approved: bool) -> list[dict[str, Any]]:
    counts = found.manifest["counts"]
    lineage = reverse(
        "lineage", kwargs={"slug": found.project.slug, "kind": "snapshot", "identity": str(found.pk)}
    )
    return [
        {"kind": _("Candidates"), "label": f"{counts['candidates']:,}", "href": lineage},
        {"kind": _("Judgments"), "label": f"{counts['judgments']:,}", "href": lineage},
        {"kind": _("Snapshot"), "label": f"#{found.number}", "current": True},
        {"kind": _("Approval"), "label": _("signed") if approved else "", "href": lineage},
        {"kind": _("Runs and models"), "label": _("see lineage") if approved else "", "href": lineage},
    ]
