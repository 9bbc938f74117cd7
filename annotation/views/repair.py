"""The repair page: one answer, edited in place; accept, fix or drop."""

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.rendering.diff import diff_html
from curation.bodies import load

from .. import next_item
from ..actions.choose_keys import keys_of
from ..actions.give_back import flag, skip
from ..actions.repair import Cites, revise_repair, submit_repair
from ..cards import flag_words, skip_words, tags_of
from ..choices import RepairChoice, TurnAct
from ..exchange import afterwards, as_of, question
from ..marks import Marked, marks_on
from ..models import Assignment, Judgment, JudgmentRevision, Repair, Response
from ..practice import PracticeFirst, rounds_before
from ..shortcuts import EVERY, REPAIR
from .desk import desk, own_assignment
from .forms_in import ReasonsIn, field, lease_in, reasons_in
from .practice import to_practice

SAID: dict[RepairChoice, Any] = {
    RepairChoice.ACCEPT: gettext_lazy("Accepted."),
    RepairChoice.FIX: gettext_lazy(
        "Fixed: your text is a training answer now, and preferred over the old one."
    ),
    RepairChoice.DROP: gettext_lazy("Dropped: this answer is never trained on."),
}


@require_GET
@project_view("annotation.judge")
def repair(request: HttpRequest) -> HttpResponse:
    """The next answer to repair."""
    request = cast(ProjectRequest, request)
    campaign = next_item.chosen_campaign(request.project, request.GET.get("campaign", ""), kind="repair")
    try:
        assignment = next_item.next_repair(who=request.user, project=request.project, campaign=campaign)
    except PracticeFirst as practice:
        return to_practice(request, practice.campaign)
    if assignment is None and (before := rounds_before(request.user, request.project, kind="repair")):
        return to_practice(request, before[0])
    if assignment is None:
        waiting = next_item.held_by_others(
            who=request.user, project=request.project, campaign=campaign, kind="repair"
        )
        return render(request, "annotation/repair_none.html", {"waiting": waiting})
    return _page(request, assignment, None)


@require_POST
@project_view("annotation.judge")
def submit(request: HttpRequest) -> HttpResponse:
    """Store the decision; a refused fix comes back with what was written."""
    request = cast(ProjectRequest, request)
    lease, reasons = lease_in(request), reasons_in(request)
    choice = field(request.POST, "choice", RepairChoice)
    text = request.POST.get("text", "")
    try:
        done = submit_repair(
            who=request.user,
            project=request.project,
            assignment_id=lease.assignment_id,
            lease_token=lease.lease_token,
            key=field(request.POST, "key", UUID),
            choice=choice,
            text=text,
            tags=reasons.tags,
            rationale=reasons.rationale,
            active_ms=reasons.active_ms,
            cites=_cites(request, reasons),
        )
    except Refused as refused:
        return _again(request, lease.assignment_id, refused)
    if done.how == "uncounted":
        messages.info(request, _("Saved as an extra: your time had run out and others had taken this one."))
    else:
        messages.success(request, SAID[choice])
    return redirect("annotation:repair", slug=request.project.slug)


@require_POST
@project_view("annotation.judge")
def skip_repair(request: HttpRequest) -> HttpResponse:
    """Pass the answer on to others."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    skip(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, _("Passed on to others."))
    return redirect("annotation:repair", slug=request.project.slug)


@require_POST
@project_view("annotation.judge")
def flag_repair(request: HttpRequest) -> HttpResponse:
    """Stop the answer for everybody."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    flag(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, _("Reported. Nobody is shown this answer until a lead has looked."))
    return redirect("annotation:repair", slug=request.project.slug)


def _cites(request: HttpRequest, reasons: ReasonsIn) -> Cites:
    return Cites(request.POST.get("act", ""), reasons.section, reasons.under)


@require_POST
@project_view("annotation.judge")
def differences(request: HttpRequest) -> HttpResponse:
    """What the edit changes, word by word."""
    request = cast(ProjectRequest, request)
    assignment = own_assignment(request, field(request.POST, "assignment", UUID), kind="repair")
    before = Repair.objects.select_related("response").get(item_id=assignment.item_id).response.text
    context = {"diff": diff_html(before, request.POST.get("text", "").replace("\r\n", "\n"))}
    return render(request, "annotation/_repair_diff.html", context)


@project_view("annotation.judge")
def revise(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """A repair as it was decided, to be decided otherwise."""
    request = cast(ProjectRequest, request)
    assignment = own_assignment(request, assignment_id, kind="repair")
    judgment = Judgment.objects.filter(assignment=assignment).first()
    if judgment is None:
        raise NotFound("judgment_not_found", _("You have not answered this one yet."))
    if request.method != "POST":
        latest = judgment.revisions.select_related("response").order_by("-number")[0]
        return _page(request, assignment, latest)
    reasons = reasons_in(request)
    try:
        revise_repair(
            who=request.user,
            project=request.project,
            judgment_id=judgment.pk,
            choice=field(request.POST, "choice", RepairChoice),
            text=request.POST.get("text", ""),
            tags=reasons.tags,
            rationale=reasons.rationale,
            active_ms=reasons.active_ms,
            cites=_cites(request, reasons),
        )
    except Refused as refused:
        return _again(request, assignment_id, refused)
    messages.success(request, _("Your decision was changed; the earlier one stays in its history."))
    return redirect("annotation:my-work", slug=request.project.slug)


def _again(request: ProjectRequest, assignment_id: UUID, refused: Refused) -> HttpResponse:
    """The page once more, with what was written and why it was refused."""
    assignment = own_assignment(request, assignment_id, kind="repair")
    latest = JudgmentRevision.objects.filter(judgment__assignment=assignment).order_by("-number").first()
    return _page(request, assignment, latest, refused=refused)


def _page(
    request: ProjectRequest,
    assignment: Assignment,
    revision: JudgmentRevision | None,
    refused: Refused | None = None,
) -> HttpResponse:
    response = Repair.objects.select_related("response__version").get(item_id=assignment.item_id).response
    whole = load(response.version).conversation
    conversation = as_of(whole, response.turn)
    keys = keys_of(request.user)
    campaign = assignment.item.campaign
    held = _held(assignment, revision, response.text)
    slug = request.project.slug
    if revision:
        action = reverse("annotation:repair-revise", kwargs={"slug": slug, "assignment_id": assignment.pk})
    else:
        action = reverse("annotation:repair-submit", kwargs={"slug": slug})
    context: dict[str, Any] = {
        "assignment": assignment,
        "revision": revision,
        "campaign": campaign,
        "prompt": question(conversation),
        "messages_shown": response.messages,
        "later": afterwards(whole, response.turn),
        "passages": conversation["retrieval"],
        "original": response.text,
        "marked": _marks_for(request, response),
        "text": request.POST.get("text", held["text"]),
        "rationale": request.POST.get("rationale", held["rationale"]),
        "act": request.POST.get("act", held["act"]),
        "section": request.POST.get("section", held["section"]),
        "draft_at": held["at"],
        "tags": tags_of(campaign, request.POST.getlist("tags") or held["tags"]),
        "acts": [(act, EVERY[f"act_{act.value}"].label) for act in TurnAct],
        "skip_reasons": skip_words(),
        "flag_reasons": flag_words(),
        "covered": assignment.item.sensitive
        and revision is None
        and refused is None
        and request.GET.get("look", "") != str(assignment.pk),
        "shortcuts": {"mode": keys.mode, "keys": keys.on_page(REPAIR)},
        **desk(request, campaign, keys),
        "action": action,
        "key": request.POST.get("key") or uuid4(),
        "refused": refused,
        "left": next_item.waiting_for(who=request.user, project=request.project, kind="repair"),
    }
    return render(request, "annotation/repair.html", context, status=refused.status if refused else 200)


def _marks_for(request: ProjectRequest, response: Response) -> Marked | None:
    """Leads who repair see what people marked in pairs; annotators do not, or they would know others' votes before their own."""
    if not may(request.user, "annotation.manage", request.project):
        return None
    return marks_on([response.pk]).get(response.pk)


def _held(assignment: Assignment, revision: JudgmentRevision | None, original: str) -> dict[str, Any]:
    """What the form begins with: the decision that stands, or what was begun on another device, or the answer itself."""
    if revision is None:
        usual = {"text": original, "rationale": "", "act": "", "section": "", "tags": [], "at": ""}
        return {**usual, **assignment.draft}
    return {
        "text": revision.response.text if revision.response else original,
        "rationale": revision.rationale,
        "act": revision.act,
        "section": revision.section,
        "tags": revision.tags,
        "at": "",
    }
