"""My work: what I have judged, how long it took, and the way back to each answer."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ProjectRequest, project_view
from core.paging import keyset

from .. import next_item, work
from ..actions.profile import profile_of
from ..models import Judgment, JudgmentRevision, Question
from ..practice import rounds_before
from ..station import ROUND
from .mine import tabs_of
from .outcomes import act_word, choice_word


@require_GET
@project_view("annotation.judge")
def my_work(request: HttpRequest) -> HttpResponse:
    """Own judgments, newest first, each with its revisions."""
    request = cast(ProjectRequest, request)
    profile = profile_of(who=request.user, project=request.project)
    page = keyset(work.own_judgments(profile), request.GET, order=("-created_at", "pk"), size=25)
    history: dict[object, list[JudgmentRevision]] = {}
    for revision in JudgmentRevision.objects.filter(judgment__in=[one.pk for one in page]).order_by("number"):
        history.setdefault(revision.judgment_id, []).append(revision)
    rows = [_row(judgment, history[judgment.pk]) for judgment in page]
    pairs = next_item.waiting_for(who=request.user, project=request.project, kind="pair")
    context = {
        "page": page,
        "rows": rows,
        "summary": work.summarise(profile),
        "profile": profile,
        "questions": Question.objects.filter(profile=profile)
        .select_related("answer", "item")
        .order_by("-asked_at")[:20],
        "pairs": pairs,
        "practice": rounds_before(request.user, request.project),
        "tabs": tabs_of(request, profile, "my-work"),
        "round": min(ROUND, pairs),
        "repairs": next_item.waiting_for(who=request.user, project=request.project, kind="repair"),
    }
    return render(request, "annotation/my_work.html", context)


def _row(judgment: Judgment, revisions: list[JudgmentRevision]) -> dict[str, Any]:
    latest, earlier = revisions[-1], reversed(revisions[:-1])
    return {
        "judgment": judgment,
        "latest": latest,
        "said": choice_word(latest, judgment.assignment),
        "act": act_word(latest.act),
        "earlier": [(one, choice_word(one, judgment.assignment)) for one in earlier],
        "seconds": latest.active_ms / 1000 if latest.active_ms is not None else None,
    }
