"""One item for leads: the question, its answers, who said what and what it came to."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound
from curation.bodies import load

from ..actions.give_back import reopen as reopen_item
from ..exchange import as_of, question
from ..informativeness import informativeness
from ..marks import marks_on
from ..models import Item, ItemRole, Judgment, JudgmentRevision, Question, Response
from ..pair_sources import LABELS
from ..tags import REASONS
from .outcomes import act_word, origin_words, outcome_words, stored_word


@require_GET
@project_view("annotation.read")
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """A pair or a repair, with the models named: leads may know, annotators may not."""
    request = cast(ProjectRequest, request)
    found = (
        Item.objects.filter(project=request.project, pk=item_id)
        .select_related(
            "campaign",
            "version__trace",
            "pair__response_a__version",
            "pair__response_b__version",
            "pair__hard_negative__negative",
            "repair__response__version",
            "decision__response",
            "decision__adjudication__by",
        )
        .first()
    )
    if found is None:
        raise NotFound("item_not_found", _("There is no such item."))
    decision = getattr(found, "decision", None)
    context = {
        "item": found,
        "decision": decision,
        "informativeness": informativeness(decision.votes) if decision and found.kind == "pair" else None,
        "source": LABELS.get(found.pair.source, "") if found.kind == "pair" else "",
        "outcome": outcome_words()[decision.outcome] if decision else "",
        "question": question_of(found),
        "answers": _answers(found),
        "judgments": judgment_rows(found),
        "adjudication": decision.adjudication if decision else None,
        "may_make_gold": found.role == ItemRole.WORK
        and found.kind == found.campaign.kind
        and found.state in ("open", "decided")
        and may(request.user, "annotation.manage", request.project),
        "questions": Question.objects.filter(item=found).select_related("answer").order_by("asked_at"),
        "may_manage": may(request.user, "annotation.manage", request.project),
        "may_reopen": found.state == "flagged" and may(request.user, "annotation.manage", request.project),
    }
    return render(request, "annotation/item.html", context)


@require_POST
@project_view("annotation.manage")
def reopen(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Let people judge a reported item again."""
    request = cast(ProjectRequest, request)
    found = Item.objects.filter(project=request.project, pk=item_id).select_related("project").first()
    if found is None:
        raise NotFound("item_not_found", _("There is no such item."))
    reopen_item(who=request.user, item=found)
    messages.success(request, _("People can judge it again."))
    return redirect("annotation:item", slug=request.project.slug, item_id=item_id)


def responses_of(found: Item) -> list[tuple[str, Response]]:
    """What stands beside each other: the two of a pair, or an answer and what it was mended to."""
    if found.kind == "pair":
        return [(_("First"), found.pair.response_a), (_("Second"), found.pair.response_b)]
    original = found.repair.response
    mended = found.decision.response if hasattr(found, "decision") else None
    if mended is not None and mended != original:
        return [(_("Answer"), original), (_("As mended"), mended)]
    return [(_("Answer"), original)]


def question_of(found: Item) -> list[Any]:
    conversation = load(found.version).conversation
    return question(as_of(conversation, responses_of(found)[0][1].turn))


def _answers(found: Item) -> list[dict[str, Any]]:
    winner = found.decision.response_id if hasattr(found, "decision") else None
    responses = responses_of(found)
    marked = marks_on([response.pk for _name, response in responses])
    return [
        {
            "name": name,
            "response": response,
            "origin": origin_words()[response.origin],
            "messages": response.messages,
            "won": response.pk == winner,
            "marked": marked.get(response.pk),
        }
        for name, response in responses
    ]


def judgment_rows(found: Item) -> list[dict[str, Any]]:
    """Each judgment with all it ever said, latest first."""
    revisions: dict[UUID, list[JudgmentRevision]] = {}
    said = JudgmentRevision.objects.filter(judgment__item=found).select_related("policy__asset", "guidelines")
    for revision in said.order_by("-number"):
        revisions.setdefault(revision.judgment_id, []).append(revision)
    rows = Judgment.objects.filter(item=found).select_related("profile").order_by("created_at")
    return [
        {
            "judgment": one,
            "latest": revisions[one.pk][0],
            "tags": [REASONS.get(tag, tag) for tag in revisions[one.pk][0].tags],
            "said": stored_word(revisions[one.pk][0].choice, revisions[one.pk][0].strength),
            "act": act_word(revisions[one.pk][0].act),
            "earlier": [stored_word(r.choice, r.strength) for r in revisions[one.pk][1:]],
        }
        for one in rows
    ]
