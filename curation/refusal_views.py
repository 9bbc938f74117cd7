"""Pages of refused rows: which, why, what was kept of them, and taking them after all."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.models import Job
from core.paging import capped_count, keyset
from core.rendering.markdown import plain
from core.rendering.parts import as_text
from curation.actions.replay import replay_code, replay_refusal
from curation.conflicts import both_sides
from curation.ingest.refused import RefusedText, refused_text
from curation.ingest_views import REFUSAL_ORDER, tabs
from curation.jobs import REPLAY
from curation.models import Refusal
from curation.models.refused import FINAL, ROWS, Outcome
from curation.refusals import reasons

CONFLICT = "conflict"
ROUTES = ("otlp", "logs", "metrics", "jsonl", "file", "upload", "replay")
TAKEN = (Outcome.ACCEPTED, Outcome.REDELIVERED)
_KEPT = {False: _noop("all of it, redacted"), True: _noop("its beginning, redacted")}


@project_view("trace.read")
def refusals(request: ProjectRequest) -> HttpResponse:
    """Refused rows of all batches, newest first, narrowed by `?code=`, `?route=`, `?batch=` and `?day=`."""
    narrowed = {name: request.GET.get(name, "") for name in ("code", "route", "batch", "day")}
    found = _narrowed(Refusal.objects.of(request.project.pk), narrowed)
    by_code = reasons(request.project.pk)
    context = {
        "page": keyset(
            found.with_body().with_outcome().select_related("batch"), request.GET, order=REFUSAL_ORDER
        ),
        "reasons": by_code,
        "code": narrowed["code"],
        "narrowed": narrowed,
        "is_narrowed": any(narrowed.values()),
        "routes": ROUTES,
        "tabs": tabs(request.project.slug, "refusals"),
        "may_replay": may(request.user, "curation.manage", request.project),
        "waiting": _replayable(request, narrowed["code"]),
        "job": _replay_job(request, narrowed["code"]),
    }
    return render(request, "curation/refusal_list.html", context)


def _replayable(request: ProjectRequest, code: str) -> int:
    """How many rows of this code could be replayed, counted up to a cap."""
    if not code:
        return 0
    return capped_count(Refusal.objects.of(request.project.pk).filter(code=code).replayable())


def _replay_job(request: ProjectRequest, code: str) -> Job | None:
    """The latest replay of this code."""
    if not code:
        return None
    jobs = Job.objects.filter(project_id=request.project.pk, kind=REPLAY, payload__code=code)
    return jobs.order_by("-created_at").first()


@project_view("trace.read")
def replaying(request: ProjectRequest) -> HttpResponse:
    """How far the replay of `?code=` is; asks to be loaded again while it runs."""
    code = request.GET.get("code", "")
    return render(request, "curation/_replay_job.html", {"job": _replay_job(request, code), "code": code})


@project_view("curation.manage")
@require_POST
def replay_all(request: ProjectRequest) -> HttpResponseRedirect:
    """Queue the replay of every row of one code."""
    code = request.POST.get("code", "")
    try:
        replay_code(who=request.user, project=request.project, code=code)
    except Refused as refused:
        messages.error(request, f"{refused.message} {refused.hint}")
    return redirect(
        reverse("curation:refusals", args=[request.project.slug]) + "?" + urlencode({"code": code})
    )


@project_view("curation.manage")
@require_POST
def replay(request: ProjectRequest, refusal_id: int) -> HttpResponseRedirect:
    """Take one row after all, and say what came of it."""
    try:
        done = replay_refusal(who=request.user, project=request.project, refusal_id=refusal_id)
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, f"{refused.message} {refused.hint}")
    else:
        tell = messages.success if done.outcome in TAKEN else messages.warning
        tell(request, _("Replayed: %(outcome)s.") % {"outcome": done.get_outcome_display().lower()})
    return redirect("curation:refusal", request.project.slug, refusal_id)


def _narrowed(found: QuerySet[Refusal], by: dict[str, str]) -> Any:
    if by["code"]:
        found = found.filter(code=by["code"])
    if by["route"]:
        found = found.filter(batch__route=by["route"])
    if by["batch"]:
        found = found.filter(batch__id=by["batch"]) if _is_uuid(by["batch"]) else found.none()
    if by["day"]:
        found = _on_day(found, by["day"])
    return found


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _on_day(found: QuerySet[Refusal], day: str) -> QuerySet[Refusal]:
    try:
        begin = datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:
        return found.none()
    return found.filter(refused_at__gte=begin, refused_at__lt=begin + timedelta(days=1))


@project_view("trace.read")
def refusal(request: ProjectRequest, refusal_id: int) -> HttpResponse:
    """One refused row: where, why, what to do, and what of its text was kept."""
    found = refusal_of(request, refusal_id)
    kept, replays = refused_text(found), list(found.replays.select_related("batch").order_by("-id"))
    taken = any(one.outcome in FINAL for one in replays)
    whole = kept is not None and not kept.truncated and kept.form in ROWS
    context = {
        "refusal": found,
        "facts": refusal_facts(found, kept),
        "kept": kept,
        "text": plain(as_text(kept.text)) if kept else "",
        "sides": both_sides(request.project.pk, kept) if kept and found.code == CONFLICT else None,
        "replays": replays,
        "can_replay": whole and not taken and found.code != CONFLICT,
        "may_replay": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/refusal_detail.html", context)


def refusal_facts(refusal: Refusal, kept: RefusedText | None) -> list[tuple[str, Any]]:
    """Where it stood, and what was kept to know it by."""
    digest = bytes(refusal.content_hmac).hex() if refusal.content_hmac else ""
    return [
        (_("Place"), refusal.place),
        (_("Line or item"), refusal.line),
        (_("Field"), refusal.field or None),
        (_("Length"), f"{refusal.length:,} B"),
        (_("Keyed hash"), f"{digest[:16]}…" if digest else None),
        (_("Key"), refusal.key_id or None),
        (_("Refused"), refusal.refused_at),
        (_("Text kept"), _(_KEPT[kept.truncated]) if kept else _("none")),
    ]


def refusal_of(request: ProjectRequest, refusal_id: int) -> Refusal:
    """The refusal of this project, or the same refusal a stranger gets."""
    rows = Refusal.objects.of(request.project.pk).filter(pk=refusal_id).select_related("batch")
    found: Refusal | None = rows.first()
    if found is None:
        raise NotFound("refusal_not_found", "There is no such refused row in this project.")
    return found
