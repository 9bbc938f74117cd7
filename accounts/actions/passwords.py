"""Passwords: reset links made by an administrator (signed, one use, expiring) and changes by the person."""

import uuid

from axes.utils import reset as lift_lockout
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.actions.members import find_member, require_authority
from accounts.lockouts import counted_name
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.audit import emit, record
from core.errors import NotFound, Refused


def make_reset_link(*, who: User | ApiToken, project: Project, user_id: uuid.UUID) -> tuple[str, str]:
    """(uid, token) for the reset page. Nothing is stored: the token dies with the old password or by age."""
    require(who, "member.manage", project)
    if isinstance(who, ApiToken):
        raise Refused(
            "needs_a_person", _("A token cannot make a reset link."), hint=_("Sign in to make one.")
        )
    person = find_member(project, user_id)
    require_authority(who, person)
    if not person.is_active:
        raise Refused("deactivated", _("This account is deactivated."), hint=_("Reactivate it first."))
    with transaction.atomic():
        record(actor=who.actor, verb="member.reset_link", subject=person, project_id=project.pk)
    return urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)


def find_reset(uid: str, token: str) -> User:
    """The person a reset link is for; refused when it was used or is too old."""
    gone = NotFound(
        "reset_gone",
        _("This reset link was used or has expired."),
        hint=_("Ask an administrator of your project for a new one."),
    )
    try:
        person = User.objects.filter(
            pk=uuid.UUID(force_str(urlsafe_base64_decode(uid))), is_active=True
        ).first()
    except ValueError:
        raise gone from None
    if person is None or not default_token_generator.check_token(person, token):
        raise gone
    return person


def reset_password(*, uid: str, token: str, password: str) -> User:
    """Set a new password by link; ends every session, lifts a lockout. Raises ValidationError when weak."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=find_reset(uid, token).pk)
        find_reset(uid, token)
        _set(person, password)
        record(actor=person.actor, verb="account.reset_password", subject=person, project_id=None)
    return person


def change_password(*, user: User, old: str, new: str) -> User:
    """The person's own change; ends their other sessions. Raises ValidationError when weak."""
    if not user.check_password(old):
        raise Refused("wrong_password", _("That is not your current password."))
    with transaction.atomic():
        _set(user, new)
        record(actor=user.actor, verb="account.change_password", subject=user, project_id=None)
    return user


def _set(person: User, password: str) -> None:
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    lift_lockout(username=counted_name(person.email))
    emit(subject=person, name="password_changed", project_id=None)
