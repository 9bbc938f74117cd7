"""Annotation's place on the shared pages: navigation, the loop, and what waits for whom."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import may
from core.registry import Count as Number
from core.registry import InboxItem, StationState, registry

from . import adjudication_queue, next_item
from . import counts as counts
from .actions.people import welcome
from .adjudication_queue import Order
from .adjudicators import named
from .course import read_stuck
from .models import AnnotatorProfile, Campaign, Decision, Item, Judgment, Question
from .practice import rounds_before

ANNOTATORS = {"annotator"}
LEADS = {"data_lead", "admin"}
ROUND = 20


def read_station(project: Any) -> StationState:
    """Votes given, items decided, conflicts, and what still waits."""
    votes = Judgment.objects.filter(project=project, slot__isnull=False).aggregate(
        all=Count("pk"), simulated=Count("pk", filter=Q(simulated=True))
    )
    decisions = Decision.objects.filter(project=project).aggregate(
        won=Count("pk", filter=Q(outcome__in=["a", "b", "accepted", "fixed"])),
        conflicts=Count("pk", filter=Q(outcome="conflict")),
    )
    waiting = Item.objects.waiting().filter(project=project)[:10_000].count()
    flagged = Item.objects.filter(project=project, state="flagged").count()
    others = [
        Number(decisions["won"], gettext_lazy("with a winner"), "kept"),
        Number(decisions["conflicts"], gettext_lazy("in conflict"), "person"),
        Number(waiting, gettext_lazy("waiting for judges"), "active"),
    ]
    if flagged:
        others.append(Number(flagged, gettext_lazy("reported"), "person"))
    main = Number(votes["all"], gettext_lazy("judgments"), simulated=votes["simulated"])
    return StationState(main, tuple(others))


def work_for_annotators(project: Any, user: Any) -> Iterator[InboxItem]:
    """A round of pairs, and answers to repair."""
    if not may(user, "annotation.judge", project):
        return
    for campaign in rounds_before(user, project):
        yield InboxItem(
            title=_("Practise for %(name)s") % {"name": campaign.name},
            href=reverse("annotation:practice", kwargs={"slug": project.slug, "campaign_id": campaign.pk}),
            kind=_("Practice"),
            detail=_("Its work is given to you once you have passed."),
            count=campaign.practice_asked,
            action=_("Practise"),
        )
    judge = reverse("annotation:judge", kwargs={"slug": project.slug})
    pairs = next_item.waiting_for(who=user, project=project, kind="pair")
    if pairs:
        size = min(ROUND, pairs)
        yield InboxItem(
            title=_("Judge %(n)d pairs, %(minutes)d minutes")
            % {"n": size, "minutes": max(1, round(size / 10))},
            href=f"{judge}?round={size}",
            kind=_("Pairs"),
            detail=_("Which of two answers is better? One key each."),
            count=pairs,
            action=_("Judge"),
            minutes=max(1, round(size / 10)),
        )
    repairs = next_item.waiting_for(who=user, project=project, kind="repair")
    if repairs:
        yield InboxItem(
            title=_("Repair answers"),
            href=reverse("annotation:repair", kwargs={"slug": project.slug}),
            kind=_("Repairs"),
            detail=_("Accept, fix or drop one answer at a time."),
            count=repairs,
            action=_("Repair"),
        )


def disagreement(project: Any, user: Any) -> Iterator[InboxItem]:
    """Votes that disagree, for annotators a lead has named to decide over them."""
    if named(user, project) is None:
        return
    for campaign in (
        Campaign.objects.filter(project=project).select_related("project").order_by("created_at")[:20]
    ):
        count = adjudication_queue.waiting(campaign, user, Order.CONFLICT)[:1_000].count()
        if count:
            yield InboxItem(
                title=_("Decide over %(name)s") % {"name": campaign.name},
                href=reverse(
                    "annotation:adjudicate", kwargs={"slug": project.slug, "campaign_id": campaign.pk}
                ),
                kind=_("Disagreement"),
                detail=_("People judged these differently, and no answer has more votes than any other."),
                count=count,
                action=_("Decide"),
            )


def reported_items(project: Any, user: Any) -> Iterator[InboxItem]:
    """What annotators stopped and a lead has to look at."""
    flagged = Item.objects.filter(project=project, state="flagged").select_related("version")
    for item in flagged.order_by("-created_at")[:20]:
        yield InboxItem(
            title=item.version.prompt_preview or str(item),
            href=reverse("annotation:item", kwargs={"slug": project.slug, "item_id": item.pk}),
            kind=_("Reported"),
            detail=_("An annotator stopped this item; nobody is shown it until you have looked."),
            action=_("Look"),
        )


def stuck_campaigns(project: Any, user: Any) -> Iterator[InboxItem]:
    """Open campaigns in which something waits that nobody will judge as things are."""
    for campaign in Campaign.objects.filter(project=project, state="open").order_by("created_at")[:20]:
        stuck = read_stuck(campaign)
        if stuck.count:
            yield InboxItem(
                title=_("Stuck in %(name)s") % {"name": campaign.name},
                href=reverse("annotation:campaign", kwargs={"slug": project.slug, "campaign_id": campaign.pk})
                + "#stuck",
                kind=_("Stuck"),
                detail=_("Nobody here may be given these items, or everybody passed them on."),
                count=stuck.count,
                action=_("Look"),
            )


def claimed_expertise(project: Any, user: Any) -> Iterator[InboxItem]:
    """Expertise people say they have, which counts once a lead confirms it."""
    waiting = (
        AnnotatorProfile.objects.filter(project=project, user__isnull=False, deactivated_at=None)
        .exclude(expertise_said=[])
        .exclude(expertise__contains=F("expertise_said"))
        .select_related("user")
        .order_by("created_at")[:20]
    )
    for profile in waiting:
        yield InboxItem(
            title=_("%(name)s says: %(words)s")
            % {"name": profile.user, "words": ", ".join(profile.expertise_said)},
            href=reverse("annotation:person", kwargs={"slug": project.slug, "user_id": profile.user_id}),
            kind=_("Expertise"),
            detail=_("Work that asks for this expertise is given once a lead confirms it."),
            action=_("Look"),
        )


def open_questions(project: Any, user: Any) -> Iterator[InboxItem]:
    """What annotators asked and nobody has answered."""
    waiting = Question.objects.filter(project=project, answer__isnull=True).order_by("asked_at")
    for question in waiting[:20]:
        yield InboxItem(
            title=question.text[:120],
            href=reverse("annotation:item", kwargs={"slug": project.slug, "item_id": question.item_id}),
            kind=_("Question"),
            detail=_(
                "An annotator asks; the item waits with the others, and comes back to them with your answer."
            ),
            action=_("Answer"),
        )


def _waiting(project: Any, user: Any) -> int:
    return next_item.waiting_for(who=user, project=project, kind="pair")


registry.add_nav(
    gettext_lazy("Judge"),
    "annotation:judge",
    roles=ANNOTATORS | {"data_lead"},
    order=11,
    waiting=_waiting,
)
registry.add_nav(gettext_lazy("My work"), "annotation:my-work", roles=ANNOTATORS, order=12)
registry.add_nav(gettext_lazy("Campaigns"), "annotation:campaigns", roles=LEADS, order=30)
registry.add_nav(
    gettext_lazy("Annotators"),
    "annotation:people",
    roles=LEADS,
    order=31,
    covers=["annotation:invite-people"],
)
registry.add_station(
    "annotation",
    gettext_lazy("Judged"),
    "annotation:campaigns",
    verb="annotation.read",
    order=30,
    read=read_station,
)
registry.add_join("annotation", welcome)
registry.add_inbox("annotation.work", work_for_annotators, verb="annotation.judge")
registry.add_inbox("annotation.disagreement", disagreement, verb="annotation.judge")
registry.add_inbox("annotation.stuck", stuck_campaigns, verb="annotation.manage")
registry.add_inbox("annotation.expertise", claimed_expertise, verb="annotation.manage")
registry.add_inbox("annotation.reported", reported_items, verb="annotation.manage")
registry.add_inbox("annotation.questions", open_questions, verb="annotation.manage")
