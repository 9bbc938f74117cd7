"""Invite a whole list: first what would happen, line by line, then the same in one transaction."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.actions.invite import DEFAULT_DAYS, invite_member, revoke_invitation, verb_to_invite
from accounts.models import ApiToken, Invitation, Membership, Project, Role, User
from accounts.permissions import may, require

from ..models import AnnotatorProfile
from ..people_list import JUDGES
from ..people_words import PersonWords
from ..roster import Person, Roster
from .people import describe_annotator
from .profile import profile_of

What = Literal["invite", "renew", "waits", "describe", "same", "closed", "forbidden"]
DOES = frozenset({"invite", "renew", "describe"})


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one line: `waits` has an open link, `same` needs nothing, `closed` has a closed account."""

    person: Person
    what: What


@dataclass(frozen=True, slots=True)
class Plan:
    """Every step in the order of the list; `digest` tells whether the world moved between showing and doing."""

    steps: tuple[Step, ...]
    errors: tuple[tuple[int, str], ...]
    guessed: bool

    @property
    def doing(self) -> int:
        """Lines that change something."""
        return sum(step.what in DOES for step in self.steps)

    @property
    def digest(self) -> str:
        """The same for the same steps."""
        told = [[step.person.line, step.person.email, step.what] for step in self.steps]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Done:
    """One line after the fact, with the secret of its link; it cannot be read again."""

    step: Step
    secret: str = ""


def plan_invitations(*, who: User | ApiToken, project: Project, roster: Roster, renew: bool = False) -> Plan:
    """What inviting this list would do; changes nothing. With `renew`, open links are replaced by fresh ones."""
    require(who, "annotator.invite", project)
    emails = [person.email for person in roster.people]
    users = {user.email: user for user in User.objects.filter(email__in=emails)}
    held: dict[str, set[str]] = {}
    for email, role in Membership.objects.filter(project=project, user__email__in=emails).values_list(
        "user__email", "role"
    ):
        held.setdefault(email, set()).add(role)
    waiting = set(_open(project).filter(email__in=emails).values_list("email", "role"))
    profiles = {
        profile.user.email: profile
        for profile in AnnotatorProfile.objects.filter(
            project=project, user__email__in=emails
        ).select_related("user")
        if profile.user is not None
    }
    allowed = {role for role in Role if may(who, verb_to_invite(role), project)}
    steps = []
    for person in roster.people:
        known = users.get(person.email)
        what: What
        if person.role not in allowed:
            what = "forbidden"
        elif known is not None and not known.is_active:
            what = "closed"
        elif person.role in held.get(person.email, ()):
            what = "describe" if _differs(person, profiles.get(person.email)) else "same"
        elif (person.email, person.role) in waiting:
            what = "renew" if renew else "waits"
        else:
            what = "invite"
        steps.append(Step(person, what))
    return Plan(tuple(steps), tuple(sorted(roster.errors)), roster.guessed)


def invite_people(
    *, who: User | ApiToken, project: Project, roster: Roster, renew: bool = False, days: int = DEFAULT_DAYS
) -> list[Done]:
    """Do what the plan says, all of it or nothing; the same list again makes no second link unless `renew`."""
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        plan = plan_invitations(who=who, project=project, roster=roster, renew=renew)
        return [_do(who, project, step, days) for step in plan.steps]


def _do(who: User | ApiToken, project: Project, step: Step, days: int) -> Done:
    person = step.person
    if step.what == "describe":
        user = User.objects.get(email=person.email)
        profile = profile_of(who=user, project=project)
        describe_annotator(who=who, profile=profile, words=_merged(person.words, profile))
    if step.what not in ("invite", "renew"):
        return Done(step)
    if step.what == "renew":
        for old in _open(project).filter(email=person.email, role=person.role):
            revoke_invitation(who=who, project=project, invitation_id=old.pk)
    _invitation, secret = invite_member(
        who=who, project=project, email=person.email, role=person.role, days=days, about=_about(person)
    )
    return Done(step, secret)


def _open(project: Project) -> QuerySet[Invitation]:
    return Invitation.objects.filter(project=project, accepted_at=None, revoked_at=None, expires_at__gt=Now())


def _about(person: Person) -> Mapping[str, object]:
    words = person.words
    told = {
        "name": person.name,
        "team": words.team,
        "languages": list(words.languages),
        "expertise": list(words.expertise),
    }
    return {name: value for name, value in told.items() if value}


def _merged(words: PersonWords, profile: AnnotatorProfile) -> PersonWords:
    """An empty cell says nothing: what is known stays."""
    return PersonWords(
        words.team or profile.team,
        words.languages or tuple(profile.languages),
        words.expertise or tuple(profile.expertise),
    )


def _differs(person: Person, profile: AnnotatorProfile | None) -> bool:
    if person.role not in JUDGES:
        return False
    if profile is None:
        return person.words != PersonWords()
    known = PersonWords(profile.team, tuple(profile.languages), tuple(profile.expertise))
    return _merged(person.words, profile) != known
