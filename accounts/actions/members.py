"""Roles given and taken, accounts closed and reopened. A project always keeps one active administrator."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Membership, Project, Role, User
from accounts.permissions import require, roles_of
from core.audit import emit, record
from core.errors import NotFound, Refused


def find_member(project: Project, user_id: uuid.UUID) -> User:
    """A person with at least one role here."""
    person = User.objects.filter(pk=user_id, memberships__project=project).distinct().first()
    if person is None:
        raise NotFound("member_not_found", _("There is no such member in this project."))
    return person


def set_roles(*, who: User | ApiToken, project: Project, user_id: uuid.UUID, roles: Collection[Role]) -> User:
    """Give exactly these roles; none at all removes the person and revokes their tokens here."""
    require(who, "member.manage", project)
    wanted = frozenset(Role(role) for role in roles)
    with transaction.atomic():
        _lock(project)
        person = find_member(project, user_id)
        had = _roles(person, project)
        if Role.ADMIN in had - wanted:
            _keep_an_administrator(project, person)
        Membership.objects.filter(project=project, user=person, role__in=had - wanted).delete()
        for role in sorted(wanted - had):
            Membership.objects.create(project=project, user=person, role=role)
        if not wanted:
            ApiToken.objects.filter(project=project, owner=person, revoked_at=None).update(revoked_at=Now())
        data = {"before": sorted(had), "after": sorted(wanted)}
        record(actor=who.actor, verb="member.set_roles", subject=person, project_id=project.pk, data=data)
        emit(subject=person, name="roles_changed", project_id=project.pk, data=data)
    return person


def deactivate_member(*, who: User | ApiToken, project: Project, user_id: uuid.UUID) -> User:
    """Close an account at once: no sign-in, session or token works. The work stays and keeps its name."""
    require(who, "member.manage", project)
    with transaction.atomic():
        person = find_member(project, user_id)
        require_authority(who, person)
        for administrated in _lock_administrated(person):
            _keep_an_administrator(administrated, person)
        if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False, deactivated_at=Now()):
            record(actor=who.actor, verb="member.deactivate", subject=person, project_id=project.pk)
            emit(subject=person, name="deactivated", project_id=project.pk, from_state="active")
    person.refresh_from_db()
    return person


def reactivate_member(*, who: User | ApiToken, project: Project, user_id: uuid.UUID) -> User:
    """Open a closed account again, with the roles it had."""
    require(who, "member.manage", project)
    with transaction.atomic():
        person = find_member(project, user_id)
        require_authority(who, person)
        if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True, deactivated_at=None):
            record(actor=who.actor, verb="member.reactivate", subject=person, project_id=project.pk)
            emit(subject=person, name="reactivated", project_id=project.pk, to_state="active")
    person.refresh_from_db()
    return person


def require_authority(who: User | ApiToken, person: User) -> None:
    """An account spans projects: only who administrates them all, or an operator, may close or reset it.

    A token acts in its own project only, whatever its owner may do elsewhere.
    """
    acting = person_behind(who)
    if acting.is_superuser and not isinstance(who, ApiToken):
        return
    theirs = set(Membership.objects.filter(user=person).values_list("project_id", flat=True))
    mine = set(Membership.objects.filter(user=acting, role=Role.ADMIN).values_list("project_id", flat=True))
    if isinstance(who, ApiToken):
        mine &= {who.project_id}
    if person.is_staff or person.is_superuser or theirs - mine:
        raise Refused(
            "account_elsewhere",
            _("This account also belongs to projects you do not administrate."),
            hint=_("Take their roles here instead, or ask an operator of the installation."),
        )


def _lock(project: Project) -> None:
    Project.objects.select_for_update().get(pk=project.pk)


def _lock_administrated(person: User) -> list[Project]:
    """Every project this person administrates, locked in one order: closing the account leaves them all."""
    theirs = Membership.objects.filter(user=person, role=Role.ADMIN).values("project")
    return list(Project.objects.filter(pk__in=theirs).order_by("pk").select_for_update())


def _roles(person: User, project: Project) -> frozenset[Role]:
    names = Membership.objects.filter(user=person, project=project).values_list("role", flat=True)
    return frozenset(Role(name) for name in names)


def _keep_an_administrator(project: Project, leaving: User) -> None:
    others = Membership.objects.filter(project=project, role=Role.ADMIN, user__is_active=True).exclude(
        user=leaving
    )
    if not others.exists() and roles_of(leaving, project):
        raise Refused(
            "last_administrator",
            _("%(name)s is the last administrator of %(project)s.")
            % {"name": leaving, "project": project.name},
            hint=_("Make somebody else an administrator first."),
        )
