"""The practice round as an annotator goes through it: an item, what was right and why, the next one."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from core.params import whole_number

from .. import next_item
from ..actions.choose_keys import keys_of
from ..actions.practice import answer_practice, start_try
from ..actions.profile import profile_of
from ..choices import Answer, Choice, RepairChoice, Shown
from ..models import Campaign, PracticeAnswer
from ..practice import Round, latest_round, needs_practice
from ..practice_cards import practice_card, repair_options
from ..shortcuts import JUDGE, REPAIR
from ..sides import as_shown, unswap
from .forms_in import BadField, field
from .outcomes import shown_words

LONGEST_MS = 2**31 - 1


@require_GET
@project_view("annotation.judge")
def practice(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The round where it stands: its beginning, an item, an explanation (?after=), or how it ended."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    profile = profile_of(who=request.user, project=request.project)
    needed = needs_practice(profile, campaign)
    now = latest_round(profile, campaign)
    context: dict[str, Any] = {
        "campaign": campaign,
        "round": now,
        "needed": needed,
        "judge": _work(request, campaign),
    }
    after = _answered(now, request.GET.get("after", ""))
    if now is not None and after is not None:
        return render(request, "annotation/practice_item.html", context | _explained(now, after, campaign))
    if now is None or now.attempt.ended_at is not None:
        wrong = (
            [_explained(now, one, campaign) for one in now.answers.values() if not one.is_right]
            if now
            else []
        )
        return render(request, "annotation/practice.html", context | {"wrong": wrong})
    assert now.current is not None
    item = campaign.practice_items.get(pk=now.current)
    keys = keys_of(request.user)
    card = practice_card(item, kind=campaign.kind, swapped=now.swapped(item.pk), keys=keys)
    place = JUDGE if campaign.kind == "pair" else REPAIR
    shown = {
        "keys": keys,
        "shortcuts": {"mode": keys.mode, "keys": keys.on_page(place)},
        "card": card,
        "item": item,
        "place": now.place(item.pk),
        "of": len(now.attempt.items),
        "whole_window": True,
    }
    return render(request, "annotation/practice_item.html", context | shown)


@require_POST
@project_view("annotation.judge")
def start(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Begin a try; who has passed in another tab is told so."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    if needs_practice(profile_of(who=request.user, project=request.project), campaign):
        start_try(who=request.user, campaign=campaign)
    return redirect("annotation:practice", slug=request.project.slug, campaign_id=campaign_id)


@require_POST
@project_view("annotation.judge")
def answer(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Store the answer and show what was right; a page of an earlier try, with other sides, leads to the one at hand."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    item_id, number = field(request.POST, "item", UUID), field(request.POST, "try", int)
    now = latest_round(profile_of(who=request.user, project=request.project), campaign)
    if now is not None and number != now.attempt.number:
        return redirect("annotation:practice", slug=request.project.slug, campaign_id=campaign_id)
    if now is None or item_id not in now.attempt.items:
        raise BadField("field_invalid", "item", field="item")
    said = _said(request, campaign, swapped=now.swapped(item_id))
    spent = min(whole_number(request.POST.get("active_ms")), LONGEST_MS) or None
    answer_practice(
        who=request.user,
        campaign=campaign,
        item_id=item_id,
        choice=said[0],
        strength=said[1],
        active_ms=spent,
    )
    address = reverse(
        "annotation:practice", kwargs={"slug": request.project.slug, "campaign_id": campaign_id}
    )
    return redirect(f"{address}?after={item_id}")


def to_practice(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Work was asked for that begins with a practice round."""
    request = cast(ProjectRequest, request)
    return redirect("annotation:practice", slug=request.project.slug, campaign_id=campaign.pk)


def _campaign(request: ProjectRequest, campaign_id: UUID) -> Campaign:
    found = next_item.chosen_campaign(request.project, str(campaign_id))
    assert found is not None
    return found


def _work(request: ProjectRequest, campaign: Campaign) -> str:
    page = "annotation:judge" if campaign.kind == "pair" else "annotation:repair"
    return f"{reverse(page, kwargs={'slug': request.project.slug})}?campaign={campaign.pk}"


def _answered(now: Round | None, given: str) -> PracticeAnswer | None:
    if now is None:
        return None
    return next((answer for item, answer in now.answers.items() if str(item) == given), None)


def _said(request: ProjectRequest, campaign: Campaign, *, swapped: bool) -> tuple[str, int]:
    """(choice about the item's own answers, strength)."""
    if campaign.kind == "repair":
        return field(request.POST, "choice", RepairChoice).value, 0
    said = unswap(field(request.POST, "choice", Shown), swapped=swapped)
    return said.choice.value, said.strength


def _explained(now: Round, given: PracticeAnswer, campaign: Campaign) -> dict[str, Any]:
    """The item again with what this person said, what is right, and why."""
    swapped = now.swapped(given.item_id)
    item = given.item
    return {
        "card": practice_card(item, kind=campaign.kind, swapped=swapped),
        "item": item,
        "place": now.place(item.pk),
        "of": len(now.attempt.items),
        "given": given,
        "said": _word(given.choice, given.strength, swapped),
        "right_words": [_word(choice, 1, swapped) for choice in item.right_choices],
        "whole_window": True,
    }


def _word(choice: str, strength: int, swapped: bool) -> str:
    """A stored choice in the words of the screen it was given on."""
    if choice in set(RepairChoice):
        return next(str(option.label) for option in repair_options() if option.value == choice)
    kind = Choice(choice)
    return shown_words()[
        as_shown(Answer(kind, strength if kind in (Choice.A, Choice.B) else 0), swapped=swapped)
    ]
