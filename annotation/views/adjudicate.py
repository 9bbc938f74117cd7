"""Deciding over votes that disagree: one item at a time, blind to who wrote the answers, with everything people said."""

import hashlib
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.models import User
from accounts.permissions import may
from core.errors import NotFound, Refused

from .. import next_item
from ..actions.adjudicate import Ruling, adjudicate
from ..adjudication_queue import Order, Place, order_words, place, waiting
from ..adjudicators import require_adjudicator
from ..cards import Option, options
from ..choices import Answer, Choice, Shown
from ..models import Item, JudgmentRevision, SoftLabel
from ..sides import as_shown, unswap
from ..sides import place as on_sides
from .outcomes import shown_words
from .pair import judgment_rows, question_of, responses_of


@dataclass(frozen=True, slots=True)
class Side:
    """One answer as the adjudicator sees it."""

    name: str
    messages: Any


def swapped_for(item: Item, who: User) -> bool:
    """Which answer stands on the left for this person: as good as drawn, and the same at every look."""
    return hashlib.sha256(f"{item.pk}:{who.pk}".encode()).digest()[0] % 2 == 1


@require_GET
@project_view("annotation.adjudicate")
def queue(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The item that waits longest, or the one asked for."""
    request = cast(ProjectRequest, request)
    campaign = next_item.chosen_campaign(request.project, str(campaign_id))
    assert campaign is not None
    require_adjudicator(request.user, request.project)
    order = _order(request)
    found = place(campaign, request.user, order, _at(request))
    here = reverse("annotation:adjudicate", kwargs={"slug": request.project.slug, "campaign_id": campaign.pk})
    counts = {one: waiting(campaign, request.user, one)[:1_000].count() for one in Order}
    words = order_words()
    context: dict[str, Any] = {
        "campaign": campaign,
        "order": order,
        "place": found,
        "tabs": [
            {
                "label": words[one],
                "href": f"{here}?by={one}",
                "current": one is order,
                "count": counts[one],
            }
            for one in Order
        ],
        "may_manage": may(request.user, "annotation.manage", request.project),
        "elsewhere": next((f"{here}?by={one}" for one in Order if counts[one]), ""),
    }
    if found.item is not None:
        context |= _shown(found, found.item, request.user)
    return render(request, "annotation/adjudicate.html", context)


@require_POST
@project_view("annotation.adjudicate")
def decide(request: HttpRequest, campaign_id: UUID, item_id: UUID) -> HttpResponse:
    """Store the ruling and go on with the next."""
    request = cast(ProjectRequest, request)
    items = Item.objects.filter(project=request.project, campaign=campaign_id, pk=item_id)
    item = items.select_related("project").first()
    if item is None:
        raise NotFound("item_not_found", _("There is no such item."))
    here = reverse("annotation:adjudicate", kwargs={"slug": request.project.slug, "campaign_id": campaign_id})
    order = request.POST.get("by", "")
    try:
        ruling = _ruling(item, request.POST.get("choice", ""), request.user)
        adjudicate(who=request.user, item=item, ruling=ruling, reason=request.POST.get("reason", ""))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{here}?by={order}&item={item_id}")
    messages.success(request, _("Decided. The votes stay as they were given."))
    after = request.POST.get("after", "")
    return redirect(f"{here}?by={order}" + (f"&item={after}" if after else ""))


def _shown(found: Place, item: Item, who: User) -> dict[str, Any]:
    swapped = swapped_for(item, who)
    rows = judgment_rows(item)
    if item.kind == "pair":
        pair = item.pair
        sides = on_sides(pair.response_a, pair.response_b, swapped=swapped)
        shown = [
            Side(name, response.messages) for name, response in zip((_("A"), _("B")), sides, strict=True)
        ]
        for row in rows:
            row["said"] = _said(row["latest"], swapped)
            row["earlier"] = []
    else:
        shown = [Side(name, response.messages) for name, response in responses_of(item)[:1]]
    return {
        "question": question_of(item),
        "sides": shown,
        "judgments": rows,
        "options": options() if item.kind == "pair" else _repair_options(item),
        "soft": _soft(item, swapped),
    }


def _said(revision: JudgmentRevision, swapped: bool) -> str:
    """A vote about the sides as this page shows them."""
    shown = as_shown(Answer(Choice(revision.choice), revision.strength), swapped=swapped)
    return shown_words()[shown]


def _repair_options(item: Item) -> list[Option]:
    """Accept, each fix people made, or drop."""
    fixes = JudgmentRevision.objects.filter(judgment__item=item, choice="fix").select_related("response")
    texts = {fix.response_id: fix.response.text for fix in fixes.order_by("pk") if fix.response}
    kept = [
        Option(f"fixed:{pk}", _("Keep this fix: %(text)s") % {"text": text[:2_000]}, str(n))
        for n, (pk, text) in enumerate(texts.items(), start=3)
    ]
    return [
        Option("accepted", _("Accept the answer as it is"), "1"),
        Option("dropped", _("Drop the answer"), "2"),
        *kept,
    ]


def _soft(item: Item, swapped: bool) -> list[tuple[str, list[tuple[str, float]]]]:
    """What the last report finds probable, by model; nothing where there is none."""
    label = SoftLabel.objects.filter(item=item).order_by("-report__created_at").first()
    if label is None or item.kind != "pair":
        return []
    left, right = ("b", "a") if swapped else ("a", "b")
    words = {left: _("A better"), "tie": _("Equally good"), right: _("B better"), "both_bad": _("Both bad")}
    named = (
        (_("Votes"), label.votes),
        (_("Dawid-Skene"), label.dawid_skene),
        (_("MACE"), label.mace),
    )
    return [
        (name, [(word, shares[value]) for value, word in words.items() if value in shares])
        for name, shares in named
        if shares
    ]


def _ruling(item: Item, given: str, who: User) -> Ruling:
    """The form's choice about the answers themselves."""
    if item.kind == "pair":
        try:
            answer = unswap(Shown(given), swapped=swapped_for(item, who))
        except ValueError as error:
            raise Refused("ruling_unknown", _("Choose an answer first.")) from error
        return Ruling(answer.choice.value, answer.strength)
    outcome, _sep, fix = given.partition(":")
    try:
        return Ruling(outcome, fix=UUID(fix) if fix else None)
    except ValueError as error:
        raise Refused("fix_unknown", _("Name one of the fixes people made of this answer.")) from error


def _order(request: HttpRequest) -> Order:
    given = request.GET.get("by", "")
    return Order(given) if given in set(Order) else Order.CONFLICT


def _at(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("item", ""))
    except ValueError:
        return None
