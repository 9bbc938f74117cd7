"""A campaign's practice round as a lead sets it up: its items, how many must be right, and who has passed."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused
from core.paging import keyset

from .. import next_item
from ..actions.practice_setup import (
    MOST_ASKED,
    grant_qualification,
    pick_practice_item,
    retire_practice_item,
    set_practice,
    write_practice_item,
)
from ..actions.profile import profile_of
from ..models import AnnotatorProfile, Campaign, Item, PracticeItem
from ..people_list import find_judge, judges_of
from ..practice import choices_of, item_standings, person_standings
from ..same_answers import known_as_gold
from .outcomes import outcome_words, stored_word

AGREED = 30
OUTCOME_CHOICES = {"accepted": "accept", "fixed": "fix", "dropped": "drop"}


class ItemForm(forms.Form):
    """A practice item: picked (with `source`) or written, its right answers and the explanation."""

    source = forms.UUIDField(required=False, widget=forms.HiddenInput)
    question = forms.CharField(
        label=gettext_lazy("The question"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    answer_a = forms.CharField(
        label=gettext_lazy("First answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    answer_b = forms.CharField(
        label=gettext_lazy("Second answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    right = forms.MultipleChoiceField(
        label=gettext_lazy("Right answers"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("One or several; how much better does not matter."),
    )  # fmt: skip
    explanation = forms.CharField(
        label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy("Shown after the answer, right or wrong. Name the rule, not only this case."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, picked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(choice, stored_word(choice, 1)) for choice in choices_of(kind)]
        self.fields["right"].choices = words  # type: ignore[attr-defined]
        for name in ("question", "answer_a", "answer_b"):
            self.fields[name].required = True
            if picked or (name == "answer_b" and kind != "pair"):
                del self.fields[name]


class MarkForm(forms.Form):
    """How many items a try asks, and how many must be right."""

    asked = forms.IntegerField(label=gettext_lazy("Items in a try"), min_value=0, max_value=MOST_ASKED)
    right = forms.IntegerField(
        label=gettext_lazy("of which must be right"), min_value=0, max_value=MOST_ASKED
    )


@require_GET
@project_view("annotation.read")
def setup(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Items, pass mark, people."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    return _page(request, campaign, MarkForm(initial=_marks(campaign)))


@require_POST
@project_view("annotation.manage")
def marks(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Set the pass mark."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    form = MarkForm(request.POST)
    if form.is_valid():
        try:
            set_practice(who=request.user, campaign=campaign, **form.cleaned_data)
            messages.success(
                request, _("Saved. It holds from the next item given out; who has passed stays in.")
            )
            return redirect("annotation:practice-setup", slug=request.project.slug, campaign_id=campaign_id)
        except Refused as refused:
            form.add_error("asked", str(refused))
    return _page(request, campaign, form)


@project_view("annotation.manage")
def add(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Pick a decided item (?item=) or write one."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    source = _source(request, campaign)
    first = {"source": source.pk, "right": _decided(source)} if source else {}
    form = ItemForm(request.POST or None, kind=campaign.kind, picked=source is not None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        picked = data.pop("source")
        try:
            if picked:
                pick_practice_item(who=request.user, campaign=campaign, source=picked, **data)
            else:
                write_practice_item(who=request.user, campaign=campaign, **{"answer_b": "", **data})
            messages.success(request, _("The practice item is added."))
            return redirect("annotation:practice-setup", slug=request.project.slug, campaign_id=campaign_id)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {
        "campaign": campaign,
        "form": form,
        "source": source,
        "agreed": [] if source else _worded(_agreed(campaign)),
    }
    return render(request, "annotation/practice_add.html", context)


@require_POST
@project_view("annotation.manage")
def retire(request: HttpRequest, campaign_id: UUID, practice_id: UUID) -> HttpResponse:
    """Ask an item no more."""
    request = cast(ProjectRequest, request)
    retire_practice_item(who=request.user, campaign=_campaign(request, campaign_id), item_id=practice_id)
    messages.success(request, _("This practice item is asked no more."))
    return redirect("annotation:practice-setup", slug=request.project.slug, campaign_id=campaign_id)


@require_POST
@project_view("annotation.manage")
def grant(request: HttpRequest, campaign_id: UUID, user_id: UUID) -> HttpResponse:
    """Let one person work without the round."""
    request = cast(ProjectRequest, request)
    user = find_judge(request.project, user_id)
    profile = profile_of(who=user, project=request.project)
    grant_qualification(who=request.user, campaign=_campaign(request, campaign_id), profile=profile)
    messages.success(request, _("%(name)s may work on this campaign without the round.") % {"name": user})
    return redirect("annotation:practice-setup", slug=request.project.slug, campaign_id=campaign_id)


def _page(request: ProjectRequest, campaign: Campaign, form: MarkForm) -> HttpResponse:
    page = keyset(judges_of(request.project).filter(is_simulated=False), request.GET, order=("email", "pk"))
    profiles = {
        one.user_id: one
        for one in AnnotatorProfile.objects.filter(project=request.project, user__in=page.rows)
    }
    standings = {one.profile.user_id: one for one in person_standings(campaign, list(profiles.values()))}
    context = {
        "campaign": campaign,
        "form": form,
        "items": [
            (one, [stored_word(choice, 1) for choice in one.item.right_choices], _title(one.item))
            for one in item_standings(campaign)
        ],
        "page": page,
        "people": [(user, standings.get(user.pk)) for user in page],
        "may_manage": may(request.user, "annotation.manage", request.project),
    }
    return render(request, "annotation/practice_setup.html", context)


def _campaign(request: ProjectRequest, campaign_id: UUID) -> Campaign:
    found = next_item.chosen_campaign(request.project, str(campaign_id))
    assert found is not None
    return found


def _marks(campaign: Campaign) -> dict[str, int]:
    return {"asked": campaign.practice_asked, "right": campaign.practice_right}


def _title(item: PracticeItem) -> str:
    return (
        item.question[:120] if item.source is None else item.source.version.prompt_preview or str(item.source)
    )


def _source(request: ProjectRequest, campaign: Campaign) -> Item | None:
    given = request.POST.get("source") or request.GET.get("item") or ""
    try:
        wanted = UUID(given)
    except ValueError:
        return None
    found = Item.objects.filter(project=request.project, kind=campaign.kind, role="work", pk=wanted)
    return found.select_related("version", "decision").first()


def _worded(items: list[Item]) -> list[tuple[Item, str]]:
    words = outcome_words()
    return [(item, words[item.decision.outcome]) for item in items]


def _agreed(campaign: Campaign) -> list[Item]:
    """Decided items on which people agreed most strongly, of any campaign of this kind; not those asked already, nor what gold shows."""
    taken = campaign.practice_items.filter(retired_at=None, source__isnull=False).values("source")
    found = Item.objects.filter(
        project_id=campaign.project_id,
        kind=campaign.kind,
        role="work",
        state="decided",
        decision__isnull=False,
    ).exclude(decision__outcome__in=["conflict", "cannot"])
    return list(
        found.filter(~known_as_gold())
        .exclude(pk__in=taken)
        .select_related("version", "decision", "campaign")
        .order_by("-decision__strength", "-decision__counted", "pk")[:AGREED]
    )


def _decided(item: Item) -> list[str]:
    decision = getattr(item, "decision", None)
    if decision is None:
        return []
    outcome = OUTCOME_CHOICES.get(decision.outcome, decision.outcome)
    return [outcome] if outcome in choices_of(item.kind) else []
