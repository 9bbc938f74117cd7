"""The judging page and the requests it sends: an answer goes up, the pair after next comes down."""

from typing import cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound, Refused

from .. import next_item
from ..actions.choose_keys import keys_of
from ..actions.draft import save_draft
from ..actions.give_back import flag, release, skip
from ..actions.leases import heartbeat
from ..actions.read_first import CHANGED
from ..actions.revise import revise_judgment
from ..actions.submit import submit_judgment
from ..board import read_progress
from ..cards import pair_card
from ..choices import Shown
from ..models import Campaign, Judgment
from ..practice import PracticeFirst, rounds_before
from ..spans import spans_from_text
from .desk import desk, own_assignment
from .forms_in import LeaseIn, ReasonsIn, field, ids_in, lease_in, reasons_in
from .practice import to_practice
from .words import judging_words

HEADER = "X-Winnow-Answer"
NO_MORE = frozenset({"campaign_not_open", "practice_first"})
"""Why a campaign gives out nothing to somebody who has just answered there."""
MAX_ROUND = 500
STAGE = tuple(f"js/judging_{name}.js" for name in ("stage", "round", "form", "look"))
"""Scripts of the judging page alone, before the one that joins them."""


@require_GET
@project_view("annotation.judge")
def judge(request: HttpRequest) -> HttpResponse:
    """Two cards: the one on the screen and the one behind it."""
    request = cast(ProjectRequest, request)
    campaign = next_item.chosen_campaign(request.project, request.GET.get("campaign", ""), kind="pair")
    try:
        first = next_item.next_pair(who=request.user, project=request.project, campaign=campaign)
    except PracticeFirst as practice:
        return to_practice(request, practice.campaign)
    if first is None and (before := rounds_before(request.user, request.project, kind="pair")):
        return to_practice(request, before[0])
    second = first and next_item.next_pair(
        who=request.user, project=request.project, campaign=campaign, besides=[first.pk], prefetch=True
    )
    slug = request.project.slug
    keys = keys_of(request.user)
    look = request.GET.get("look", "")
    shown = [
        pair_card(one, slug=slug, keys=keys, looked_at=look == str(one.pk)) for one in (first, second) if one
    ]
    given = request.GET.get("round", "")
    round_size = min(int(given), MAX_ROUND) if given.isdecimal() and len(given) < 5 else 0
    of = campaign or (first.item.campaign if first else None)
    progress = read_progress(of) if of else None
    context = {
        "cards": shown,
        "campaign": of,
        "restricted": campaign,
        "round": round_size,
        "progress": progress,
        **_left_to_others(request, campaign),
        "words": judging_words(),
        "shortcuts": keys.for_judging(),
        **desk(request, of, keys),
        "stage": STAGE,
        "whole_window": True,
    }
    return render(request, "annotation/judge.html", context)


@require_POST
@project_view("annotation.judge")
def submit(request: HttpRequest) -> HttpResponse:
    """Store one judgment; without the page's script the form's own post lands on the next pair."""
    request = cast(ProjectRequest, request)
    lease, reasons = lease_in(request), reasons_in(request)
    shown = field(request.POST, "choice", Shown)
    try:
        done = submit_judgment(
            who=request.user,
            project=request.project,
            assignment_id=lease.assignment_id,
            lease_token=lease.lease_token,
            key=field(request.POST, "key", UUID) if "key" in request.POST else uuid4(),
            shown=shown,
            tags=reasons.tags,
            rationale=reasons.rationale,
            active_ms=reasons.active_ms,
            spans=spans_from_text(request.POST.get("spans", "")),
            section=reasons.section,
            under=reasons.under,
        )
    except Refused as refused:
        if refused.code != CHANGED or "X-Winnow-Judging" in request.headers:
            raise
        return _kept_until_read(request, lease, shown, reasons, refused)
    return _after(request, done.how, done.judgment.item.campaign)


def _kept_until_read(
    request: ProjectRequest, lease: LeaseIn, shown: Shown, reasons: ReasonsIn, refused: Refused
) -> HttpResponse:
    """A browser without script comes back to the pair with its answer as it was written, and to what is to be read."""
    save_draft(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        draft={
            "choice": shown.value,
            "tags": reasons.tags,
            "rationale": reasons.rationale,
            "section": reasons.section,
        },
    )
    messages.warning(request, f"{refused.message} {refused.hint}")
    return redirect("annotation:judge", slug=request.project.slug)


@require_POST
@project_view("annotation.judge")
def skip_pair(request: HttpRequest) -> HttpResponse:
    """Pass the pair on."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    skip(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        reason=request.POST.get("reason", ""),
    )
    return _after(request, "skipped")


@require_POST
@project_view("annotation.judge")
def flag_pair(request: HttpRequest) -> HttpResponse:
    """Stop the pair for everybody."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    flag(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        reason=request.POST.get("reason", ""),
    )
    return _after(request, "flagged")


@require_POST
@project_view("annotation.judge")
def release_pair(request: HttpRequest) -> HttpResponse:
    """The page was left with a pair fetched ahead."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    release(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        unseen=True,
    )
    return HttpResponse(status=204)


@require_POST
@project_view("annotation.judge")
def keep(request: HttpRequest) -> JsonResponse:
    """The annotator is at work on this item, pair or repair; `held` says whether the lease runs on."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    until = heartbeat(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
    )
    return JsonResponse({"held": until is not None, "until": until})


@require_GET
@project_view("annotation.judge")
def following(request: HttpRequest) -> HttpResponse:
    """The next card, for a page that waits for one: another tab may have sent its answer."""
    request = cast(ProjectRequest, request)
    campaign = next_item.chosen_campaign(request.project, request.GET.get("campaign", ""), kind="pair")
    return next_card(request, request.GET, "waiting", campaign)


def _after(request: ProjectRequest, how: str, just: Campaign | None = None) -> HttpResponse:
    """The next card for the page, or the next page for a browser without script; `just` is the campaign at hand."""
    given = request.POST.get("campaign", "")
    campaign = (
        just
        if just and given == str(just.pk)
        else next_item.chosen_campaign(request.project, given, kind="pair")
    )
    if "X-Winnow-Judging" not in request.headers:
        said = judging_words().get(how, _("Saved."))
        messages.success(request, said)
        url = request.path.rsplit("/", 2)[0] + "/"
        return redirect(f"{url}?campaign={campaign.pk}" if campaign else url)
    return next_card(request, request.POST, how, campaign)


def next_card(request: ProjectRequest, given: QueryDict, how: str, campaign: Campaign | None) -> HttpResponse:
    """The next card the page does not have yet, or word that nothing is left; `how` is what became of the last.

    That no more is given out here says nothing of the answer, which is stored. Where work is free and was locked only
    in passing, neither comes: the page asks again.
    """
    ended: Refused | None = None
    try:
        found = next_item.next_pair(
            who=request.user,
            project=request.project,
            campaign=campaign,
            besides=ids_in(given, "have"),
            prefetch=True,
        )
    except Refused as refused:
        if refused.code not in NO_MORE:
            raise
        found, ended = None, refused
    if found:
        card = pair_card(found, slug=request.project.slug, keys=keys_of(request.user))
        response = render(
            request, "annotation/_card.html", {"card": card, "hidden": True, "restricted": campaign}
        )
    elif not ended and next_item.is_free(who=request.user, project=request.project, campaign=campaign):
        response = HttpResponse()
    else:
        context = {"hidden": True, "ended": ended, "campaign": campaign} | _left_to_others(request, campaign)
        response = render(request, "annotation/_nothing_left.html", context)
    response[HEADER] = how
    return response


def _left_to_others(request: ProjectRequest, campaign: Campaign | None) -> dict[str, int]:
    """Pairs others hold now, and pairs with a free place that wait for other people."""
    who, project = request.user, request.project
    return {
        "waiting": next_item.held_by_others(who=who, project=project, campaign=campaign),
        "kept": next_item.kept_for_others(who=who, project=project, campaign=campaign),
    }


@project_view("annotation.judge")
def revise(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """One pair as it was answered, to be answered otherwise."""
    request = cast(ProjectRequest, request)
    assignment = own_assignment(request, assignment_id, kind="pair")
    judgment = Judgment.objects.filter(assignment=assignment).first()
    if judgment is None:
        raise NotFound("judgment_not_found", _("You have not answered this one yet."))
    if request.method != "POST":
        latest = judgment.revisions.order_by("-number")[0]
        keys = keys_of(request.user)
        card = pair_card(assignment, slug=request.project.slug, revision=latest, keys=keys)
        context = {
            "card": card,
            "judgment": judgment,
            "shortcuts": keys.for_judging(),
            **desk(request, card.campaign, keys),
        }
        return render(request, "annotation/revise.html", context)
    reasons = reasons_in(request)
    revise_judgment(
        who=request.user,
        project=request.project,
        judgment_id=judgment.pk,
        shown=field(request.POST, "choice", Shown),
        tags=reasons.tags,
        rationale=reasons.rationale,
        active_ms=reasons.active_ms,
        spans=spans_from_text(request.POST["spans"]) if "spans" in request.POST else None,
        section=reasons.section,
        under=reasons.under,
    )
    if "X-Winnow-Judging" in request.headers:
        response = HttpResponse(status=200)
        response[HEADER] = "revised"
        return response
    messages.success(request, _("Your answer was changed; the earlier one stays in its history."))
    return redirect("annotation:my-work", slug=request.project.slug)
