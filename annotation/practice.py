"""Practice rounds as they are read: who has still to pass which, how a try stands, what a lead sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import NotFound, Refused

from .models import AnnotatorProfile, Campaign, PracticeAnswer, PracticeItem, PracticeTry, Qualification

PAIR_CHOICES = ("a", "b", "tie", "both_bad", "cannot")
REPAIR_CHOICES = ("accept", "fix", "drop")


class PracticeFirst(Refused):
    """The campaign's practice round comes before its work."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(
            "practice_first",
            _("%(name)s begins with a practice round.") % {"name": campaign.name},
            hint=_("Pass it once, and its work is given to you."),
        )
        self.campaign = campaign


def choices_of(kind: str) -> tuple[str, ...]:
    """The stored choices an item of this kind can have."""
    return PAIR_CHOICES if kind == "pair" else REPAIR_CHOICES


def needs_practice(profile: AnnotatorProfile, campaign: Campaign) -> bool:
    """Whether this person has still to pass; simulated annotators practise nothing."""
    if not campaign.practice_asked or profile.simulated:
        return False
    return not Qualification.objects.filter(profile=profile, campaign=campaign).exists()


def rounds_before(user: User, project: Project, *, kind: str = "") -> list[Campaign]:
    """Open campaigns (of one kind) whose practice this person has still to pass, oldest first."""
    waiting = Campaign.objects.filter(project=project, state="open", practice_asked__gt=0)
    passed = Qualification.objects.filter(profile__user=user, campaign=OuterRef("pk"))
    stopped = AnnotatorProfile.objects.filter(project=project, user=user, deactivated_at__isnull=False)
    found = waiting.filter(~Exists(passed), ~Exists(stopped))
    return list((found.filter(kind=kind) if kind else found).order_by("created_at", "pk"))


@dataclass(frozen=True, slots=True)
class Round:
    """One try: its answers by item, and how far it is."""

    attempt: PracticeTry
    answers: dict[UUID, PracticeAnswer]

    @property
    def current(self) -> UUID | None:
        """The first item without an answer."""
        return next((item for item in self.attempt.items if item not in self.answers), None)

    @property
    def right(self) -> int:
        """Right answers so far."""
        return sum(answer.is_right for answer in self.answers.values())

    @property
    def passed(self) -> bool:
        """Whether the try has enough right answers."""
        return self.right >= self.attempt.needs

    def swapped(self, item: UUID) -> bool:
        """Whether the item's second answer stands on the left in this try."""
        return self.attempt.swapped[self.attempt.items.index(item)]

    def place(self, item: UUID) -> int:
        """The item's number in this try, from 1."""
        return self.attempt.items.index(item) + 1


def latest_round(profile: AnnotatorProfile, campaign: Campaign) -> Round | None:
    """The newest try of this person, open or ended."""
    attempt = PracticeTry.objects.filter(profile=profile, campaign=campaign).order_by("-number").first()
    return read_round(attempt) if attempt else None


def read_round(attempt: PracticeTry) -> Round:
    """A try with its answers."""
    return Round(attempt, {answer.item_id: answer for answer in attempt.answers.select_related("item")})


def active_items(campaign: Campaign) -> list[PracticeItem]:
    """Items a try may ask."""
    return list(
        campaign.practice_items.filter(retired_at=None)
        .select_related("source__version")
        .order_by("created_at", "pk")
    )


def find_practice_item(campaign: Campaign, pk: UUID) -> PracticeItem:
    """An item of this campaign that is still asked."""
    found = campaign.practice_items.filter(pk=pk, retired_at=None).first()
    if found is None:
        raise NotFound("practice_item_not_found", _("There is no such practice item in this campaign."))
    return found


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """One item as a lead sees it: how often it was answered, how often rightly."""

    item: PracticeItem
    answers: int
    right: int


def item_standings(campaign: Campaign) -> list[ItemStanding]:
    """Every active item with its count; one that few get right may be unclear itself."""
    counts: dict[UUID, tuple[int, int]] = {
        row["item"]: (row["n"], row["right"])
        for row in PracticeAnswer.objects.filter(item__campaign=campaign)
        .values("item")
        .annotate(n=Count("pk"), right=Count("pk", filter=Q(is_right=True)))
    }
    return [ItemStanding(item, *counts.get(item.pk, (0, 0))) for item in active_items(campaign)]


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """One person's practice in a campaign."""

    profile: AnnotatorProfile
    tries: int
    qualified: Qualification | None
    last: datetime | None


def person_standings(campaign: Campaign, profiles: Sequence[AnnotatorProfile]) -> list[PersonStanding]:
    """How each of these people stands: two queries, however many there are."""
    tries: dict[UUID, list[PracticeTry]] = {}
    for attempt in PracticeTry.objects.filter(campaign=campaign, profile__in=profiles).order_by("number"):
        tries.setdefault(attempt.profile_id, []).append(attempt)
    passed = {
        one.profile_id: one
        for one in Qualification.objects.filter(campaign=campaign, profile__in=profiles).select_related(
            "granted_by", "practice"
        )
    }
    return [
        PersonStanding(
            profile,
            len(tries.get(profile.pk, ())),
            passed.get(profile.pk),
            tries[profile.pk][-1].started_at if profile.pk in tries else None,
        )
        for profile in profiles
    ]
