"""Campaigns: the list, one campaign's board, opening, closing and filling one."""

from typing import Any, cast
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.paging import keyset

from .. import next_item
from ..actions.campaigns import set_campaign_state
from ..axes import current_axes_of
from ..board import read_board
from ..course import at_work, read_cost, read_stuck
from ..guidance import texts_for
from ..models import AutomaticTie, Campaign, Decision, Item, ItemRole
from .fill import FillForm
from .outcomes import outcome_words
from .plots import choices_plot, work_plot


@require_GET
@project_view("annotation.read")
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign with how far it is."""
    request = cast(ProjectRequest, request)
    own = Q(items__kind=F("kind"), items__role=ItemRole.WORK)
    found = Campaign.objects.filter(project=request.project).annotate(
        item_count=Count("items", filter=own),
        decided=Count("items", filter=own & Q(items__state="decided")),
        asked=Sum("items__slots_asked", filter=own, default=0),
        left=Sum("items__slots_left", filter=own, default=0),
    )
    state = request.GET.get("state", "")
    if state in ("draft", "open", "closed"):
        found = found.filter(state=state)
    page = keyset(found, request.GET, order=("-created_at", "pk"))
    context = {
        "page": page,
        "state": state,
        "may_manage": may(request.user, "annotation.manage", request.project),
    }
    return render(request, "annotation/campaigns.html", context)


@require_GET
@project_view("annotation.read")
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The board of one campaign."""
    request = cast(ProjectRequest, request)
    found = next_item.chosen_campaign(request.project, str(campaign_id))
    assert found is not None
    board = read_board(found)
    context: dict[str, Any] = {
        "campaign": found,
        "board": board,
        "axes": current_axes_of(found.project_id),
        "fill_form": FillForm(),
        "choices_plot": choices_plot(found.kind, board.quality.choices),
        "work_plot": work_plot(board.annotators),
        "outcomes": _outcomes(found),
        "automatic_ties": AutomaticTie.objects.filter(campaign=found).count(),
        "cost": read_cost(found, left=board.progress.asked - board.progress.counted),
        "at_work": at_work(found),
        "stuck": read_stuck(found),
        "items": _recent(found),
        "texts": texts_for(found),
        "may_manage": may(request.user, "annotation.manage", request.project),
        "may_judge": may(request.user, "annotation.judge", request.project),
    }
    return render(request, "annotation/campaign.html", context)


def _outcomes(campaign: Campaign) -> list[tuple[str, str, int, int]]:
    """(outcome, word, items, of them with simulated votes), commonest first."""
    words = outcome_words()
    rows = (
        Decision.objects.filter(item__campaign=campaign, item__kind=campaign.kind)
        .values_list("outcome")
        .annotate(n=Count("pk"), simulated=Count("pk", filter=Q(simulated__gt=0)))
        .order_by("-n")
    )
    return [(outcome, words[outcome], n, simulated) for outcome, n, simulated in rows]


def _recent(campaign: Campaign) -> list[tuple[Item, str]]:
    """Flagged items and conflicts first, then the latest decisions: what a lead may want to look at."""
    words = outcome_words()
    flagged = Item.objects.filter(campaign=campaign, state="flagged").select_related("version")[:10]
    conflicts = (
        Item.objects.filter(campaign=campaign, decision__outcome="conflict", state="decided")
        .select_related("version", "decision")
        .order_by("-decision__decided_at")[:10]
    )
    latest = (
        Item.objects.filter(campaign=campaign, state="decided")
        .exclude(decision__outcome="conflict")
        .select_related("version", "decision")
        .order_by("-decision__decided_at")[:10]
    )
    rows = [(item, _("Reported")) for item in flagged]
    return rows + [(item, words[item.decision.outcome]) for item in (*conflicts, *latest)]


@require_POST
@project_view("annotation.manage")
def set_state(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Open or close."""
    request = cast(ProjectRequest, request)
    found = next_item.chosen_campaign(request.project, str(campaign_id))
    assert found is not None
    set_campaign_state(who=request.user, campaign=found, state=request.POST.get("state", ""))
    return redirect("annotation:campaign", slug=request.project.slug, campaign_id=campaign_id)
