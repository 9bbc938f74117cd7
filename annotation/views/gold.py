"""Gold items of a campaign, for leads: their right answers, how worn they are, and how people did on them."""

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
from core.errors import NotFound, Refused
from core.paging import keyset
from core.plots.dots import Dot, dots
from core.plots.frame import Plot

from .. import next_item
from ..actions.gold import CHOICES, MOST_PEOPLE, Right, answer_gold, mark_gold, set_gold_state, write_gold
from ..gold_reading import GoldRow, gold_items, gold_rows, standing_answers
from ..models import Campaign, Item, ItemRole
from .outcomes import stored_word
from .pair import question_of, responses_of

CANDIDATES = 12
LOOKED_AT = 500
DRAWN = 30
PAGE = 50


class RightForm(forms.Form):
    """What is right and why; choices are those of the item's kind."""

    choice = forms.ChoiceField(label=gettext_lazy("What is right"), widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=gettext_lazy("Why"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    most_people = forms.IntegerField(
        label=gettext_lazy("Asked of at most so many people"), min_value=1, max_value=10_000, initial=MOST_PEOPLE,
        help_text=gettext_lazy("Then it is no secret any more, and closes by itself."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Write the second answer yourself"), required=False, max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("Optional. Takes the place of the second answer; the pair people work on stays as it is, and comes first."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["choice"].choices = [(one, stored_word(one)) for one in CHOICES[kind]]  # type: ignore[attr-defined]
        if kind != "pair":
            del self.fields["text"]

    @property
    def right(self) -> Right:
        """The checked answer."""
        data = self.cleaned_data
        return Right(data["choice"], data["explanation"], data["most_people"])


@require_GET
@project_view("annotation.manage")
def gold(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Items, people, and what could become gold."""
    request = cast(ProjectRequest, request)
    campaign = next_item.chosen_campaign(request.project, str(campaign_id))
    assert campaign is not None
    page = keyset(gold_items(campaign), request.GET, order=("-created_at", "-pk"), size=PAGE)
    answers = standing_answers(page.rows)
    rows = gold_rows(campaign)
    context = {
        "campaign": campaign,
        "page": page,
        "items": [(item, answers.get(item.pk), _word(answers.get(item.pk))) for item in page.rows],
        "rows": rows,
        "plot": _plot(rows),
        "candidates": candidates(campaign),
        "share": campaign.rules.get("gold_share", 0),
    }
    return render(request, "annotation/gold.html", context)


@project_view("annotation.manage")
def new(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Make an item gold, or write an answer against its first one."""
    request = cast(ProjectRequest, request)
    item = _item(request, item_id, ItemRole.WORK)
    form = RightForm(request.POST or None, kind=item.kind)
    if request.method == "POST" and form.is_valid():
        try:
            _make(request, item, form)
            messages.success(request, _("It is gold now, and mixed in where the campaign asks for gold."))
            return redirect("annotation:gold", slug=request.project.slug, campaign_id=item.campaign_id)
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "annotation/gold_new.html", {"form": form, **_seen(item)})


@project_view("annotation.manage")
def answer(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The right answers an item had, and another version of them."""
    request = cast(ProjectRequest, request)
    item = _item(request, item_id, ItemRole.GOLD)
    versions = list(item.gold_answers.select_related("author").order_by("-number"))
    now = versions[0]
    initial = {"choice": now.choice, "explanation": now.explanation, "most_people": now.most_people}
    form = RightForm(request.POST or None, kind=item.kind, initial=initial)
    form.fields.pop("text", None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_gold(who=request.user, item=item, right=form.right)
            messages.success(
                request, _("Saved as a new version; people are measured against it from now on.")
            )
            return redirect("annotation:gold", slug=request.project.slug, campaign_id=item.campaign_id)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "versions": [(one, _word(one)) for one in versions], **_seen(item)}
    return render(request, "annotation/gold_new.html", context)


@require_POST
@project_view("annotation.manage")
def set_state(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Ask it of nobody any more, or again."""
    request = cast(ProjectRequest, request)
    item = _item(request, item_id, ItemRole.GOLD)
    set_gold_state(who=request.user, item=item, state=request.POST.get("state", ""))
    return redirect("annotation:gold", slug=request.project.slug, campaign_id=item.campaign_id)


def candidates(campaign: Campaign) -> list[Item]:
    """Items on which everybody agreed, the most votes first: a lead still has to know that they are right."""
    clear = ["a", "b", "tie", "both_bad"] if campaign.kind == "pair" else ["accepted", "dropped"]
    decided = Item.objects.filter(
        campaign=campaign,
        kind=campaign.kind,
        role=ItemRole.WORK,
        state="decided",
        decision__counted__gte=2,
        decision__outcome__in=clear,
    )
    found = decided.select_related("version", "decision").order_by("-decision__counted", "pk")[:LOOKED_AT]
    return [item for item in found if len(item.decision.votes) == 1][:CANDIDATES]


def _make(request: ProjectRequest, item: Item, form: RightForm) -> None:
    text = form.cleaned_data.get("text", "")
    if text.strip():
        write_gold(who=request.user, item=item, text=text, right=form.right)
    else:
        mark_gold(who=request.user, item=item, right=form.right)


def _item(request: ProjectRequest, item_id: UUID, role: ItemRole) -> Item:
    related = (
        "project",
        "campaign",
        "version__trace",
        "pair__response_a",
        "pair__response_b",
        "repair__response",
    )
    found = (
        Item.objects.filter(project=request.project, pk=item_id, role=role).select_related(*related).first()
    )
    if found is None:
        raise NotFound("item_not_found", _("There is no such item."))
    return found


def _seen(item: Item) -> dict[str, Any]:
    return {
        "item": item,
        "campaign": item.campaign,
        "question": question_of(item),
        "answers": responses_of(item),
    }


def _word(answer: Any) -> str:
    return stored_word(answer.choice) if answer is not None else ""


def _plot(rows: list[GoldRow]) -> Plot | None:
    """Posteriors, those surely low first."""
    if not rows:
        return None
    drawn = [
        Dot(
            str(row.annotator)[:8],
            row.posterior.mean,
            row.posterior.low,
            row.posterior.high,
            f"{row.posterior.right} / {row.posterior.of}",
            "p-neutral" if row.simulated else "p-s1",
        )
        for row in rows[:DRAWN]
    ]
    return dots(
        _("Right on gold"),
        drawn,
        unit=_("share"),
        note=_("Mean and 95 % interval of what may be believed (Beta). The %(n)d lowest are drawn.")
        % {"n": DRAWN}
        if len(rows) > DRAWN
        else _("Mean and 95 % interval of what may be believed (Beta)."),
    )
