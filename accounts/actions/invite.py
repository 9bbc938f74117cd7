"""Invite by link: the secret is shown once, only its hash is stored, it works once and until it expires."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Invitation, Membership, Project, Role, User
from accounts.permissions import require
from accounts.tokens import digest, new_secret
from core.audit import emit, record
from core.errors import NotFound, Refused
from core.registry import registry

DEFAULT_DAYS = 7
MAX_DAYS = 30


def invite_member(
    *,
    who: User | ApiToken,
    project: Project,
    email: str,
    role: Role,
    days: int = DEFAULT_DAYS,
    about: Mapping[str, Any] | None = None,
) -> tuple[Invitation, str]:
    """The invitation and its secret; the secret cannot be read again. Data leads invite annotators, nobody else."""
    require(who, verb_to_invite(role), project)
    if not 1 <= days <= MAX_DAYS:
        raise Refused("bad_expiry", _("An invitation is good for 1 to %(days)d days.") % {"days": MAX_DAYS})
    secret = new_secret()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            project=project,
            email=User.objects.normalize_email(email).lower(),
            role=role,
            about=dict(about or {}),
            token_sha256=digest(secret),
            invited_by=person_behind(who),
            expires_at=timezone.now() + timedelta(days=days),
        )
        record(
            actor=who.actor,
            verb="member.invite",
            subject=invitation,
            project_id=project.pk,
            data={"role": role},
        )
        emit(subject=invitation, name="invited", project_id=project.pk)
    return invitation, secret


def verb_to_invite(role: Role) -> str:
    """What it takes to let somebody in as this."""
    return "annotator.invite" if role == Role.ANNOTATOR else "member.manage"


def revoke_invitation(*, who: User | ApiToken, project: Project, invitation_id: uuid.UUID) -> None:
    """Make an open link useless; whoever could have made it may."""
    require(who, "annotator.invite", project)
    with transaction.atomic():
        open_one = Invitation.objects.filter(
            pk=invitation_id, project=project, accepted_at=None, revoked_at=None
        )
        invitation = open_one.select_for_update().first()
        if invitation is None:
            raise NotFound("invitation_not_open", _("There is no open invitation of that name."))
        require(who, verb_to_invite(Role(invitation.role)), project)
        open_one.update(revoked_at=Now())
        record(actor=who.actor, verb="member.invite_revoke", subject=invitation, project_id=project.pk)
        emit(subject=invitation, name="revoked", project_id=project.pk)


def find_invitation(secret: str, *, lock: bool = False) -> Invitation:
    """The open invitation of that secret; used, revoked, expired and unknown ones are refused alike.

    With `lock`, inside a transaction, a second reader waits and then finds it used.
    """
    found = Invitation.objects.filter(
        token_sha256=digest(secret), accepted_at=None, revoked_at=None, expires_at__gt=Now()
    ).select_related("project", "invited_by")
    invitation = (found.select_for_update(of=("self",)) if lock else found).first()
    if invitation is None:
        raise NotFound(
            "invitation_gone",
            _("This invitation was used, withdrawn, or has expired."),
            hint=_("Ask an administrator of the project for a new link."),
        )
    return invitation


def accept_as_member(*, user: User, secret: str) -> Membership:
    """A signed-in person takes the role. The link is for one address and refuses every other account."""
    with transaction.atomic():
        invitation = find_invitation(secret, lock=True)
        if user.email != invitation.email:
            raise Refused(
                "other_address",
                _("This invitation is for %(email)s.") % {"email": invitation.email},
                hint=_("Sign out and open the link again."),
            )
        return _take(invitation, user)


def accept_as_newcomer(*, secret: str, name: str, password: str) -> Membership:
    """A person without an account gets one and the role. Raises ValidationError for a weak password."""
    with transaction.atomic():
        invitation = find_invitation(secret, lock=True)
        if User.objects.filter(email=invitation.email).exists():
            raise Refused(
                "has_account",
                _("%(email)s has an account already.") % {"email": invitation.email},
                hint=_("Sign in, then open the link again."),
            )
        validate_password(password, User(email=invitation.email, name=name))
        user = User.objects.create_user(invitation.email, password, name=name)
        return _take(invitation, user)


def _take(invitation: Invitation, user: User) -> Membership:
    """The conditional UPDATE makes sure that of two clicks one wins."""
    taken = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=Now()
    ).update(accepted_at=Now(), accepted_by=user)
    if not taken:
        raise NotFound("invitation_gone", _("This invitation was used, withdrawn, or has expired."))
    return become_member(
        project=invitation.project,
        user=user,
        role=Role(invitation.role),
        about=invitation.about,
        by={"invitation": str(invitation.pk)},
    )


def become_member(
    *, project: Project, user: User, role: Role, about: Mapping[str, Any], by: Mapping[str, str]
) -> Membership:
    """The end of every way in, inside its transaction; `by` names the link in the audit."""
    membership, _created = Membership.objects.get_or_create(project=project, user=user, role=role)
    record(
        actor=user.actor,
        verb="member.join",
        subject=user,
        project_id=project.pk,
        data={"role": role, **by},
    )
    emit(subject=user, name="joined", project_id=project.pk, to_state=role)
    registry.joined(project, user, about)
    return membership
