"""Who judges here: the people of a project with their words and their work, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now, TruncDay
from django.utils.translation import gettext as _

from accounts.models import Membership, Project, Role, User
from core.errors import NotFound
from core.paging import Page, keyset

from .models import AnnotatorProfile, Assignment, Judgment

JUDGES = (Role.ANNOTATOR, Role.DATA_LEAD)
STATES = ("working", "stopped")
PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person; `profile` is None until they first judge or join by an invitation."""

    user: User
    profile: AnnotatorProfile | None
    answers: int
    last: datetime | None


def judges_of(project: Project) -> QuerySet[User]:
    """People whose role lets them judge here."""
    held = Membership.objects.filter(project=project, user=OuterRef("pk"), role__in=JUDGES)
    return User.objects.filter(Exists(held))


def find_judge(project: Project, user_id: UUID) -> User:
    """A person who may judge here."""
    found = judges_of(project).filter(pk=user_id).first()
    if found is None:
        raise NotFound("annotator_not_found", _("There is no such annotator in this project."))
    return found


def read_people(project: Project, params: Mapping[str, Any]) -> tuple[Page[User], list[PersonRow]]:
    """A page of people by ?q= ?team= ?language= ?state=, with what each has done."""
    found = judges_of(project)
    if words := params.get("q", "").replace("\x00", "").strip():
        found = found.filter(Q(email__icontains=words) | Q(name__icontains=words))
    if (wanted := _wanted(params)) is not None:
        profiles = AnnotatorProfile.objects.filter(wanted, project=project, user=OuterRef("pk"))
        found = found.filter(Exists(profiles))
    page = keyset(found, params, order=("email", "pk"), size=PAGE)
    return page, rows_of(project, list(page))


def _wanted(params: Mapping[str, Any]) -> Q | None:
    wanted = []
    if team := params.get("team", "").replace("\x00", ""):
        wanted.append(Q(team=team))
    if language := params.get("language", "").replace("\x00", "").lower():
        wanted.append(Q(languages__contains=[language]))
    if (state := params.get("state", "")) in STATES:
        wanted.append(Q(deactivated_at__isnull=state == "working"))
    return Q(*wanted) if wanted else None


def rows_of(project: Project, users: list[User]) -> list[PersonRow]:
    """What is known of each of these people: two queries, however many there are."""
    profiles = {one.user_id: one for one in AnnotatorProfile.objects.filter(project=project, user__in=users)}
    work = {
        row["profile"]: row
        for row in Judgment.objects.filter(profile__in=profiles.values(), assignment__isnull=False)
        .values("profile")
        .annotate(n=Count("pk"), last=Max("created_at"))
    }
    rows = []
    for user in users:
        profile = profiles.get(user.pk)
        done: Mapping[str, Any] = work.get(profile.pk, {}) if profile else {}
        rows.append(PersonRow(user, profile, done.get("n", 0), done.get("last")))
    return rows


def teams_of(project: Project) -> list[str]:
    """Every team's name."""
    named = AnnotatorProfile.objects.filter(project=project).exclude(team="")
    return list(named.order_by("team").values_list("team", flat=True).distinct())


def languages_of(project: Project) -> list[str]:
    """Every language somebody judges in."""
    said = AnnotatorProfile.objects.filter(project=project).values_list("languages", flat=True)
    return sorted({language for languages in said for language in languages})


def held_by(profile: AnnotatorProfile) -> int:
    """Leases this person holds now."""
    return Assignment.objects.filter(profile=profile, state="leased").count()


def sensitive_today(profile: AnnotatorProfile) -> int:
    """Warned-of items this person was given today (UTC), those they let go unseen left out."""
    given = Assignment.objects.filter(profile=profile, item__sensitive=True, claimed_at__gte=TruncDay(Now()))
    return given.exclude(state="released").count()
