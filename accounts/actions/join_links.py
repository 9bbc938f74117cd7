"""A link for a team: many people join by it as annotators, until its number, its date or a person ends it."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.invite import MAX_DAYS, become_member
from accounts.actions.persons import person_behind
from accounts.models import ApiToken, JoinLink, Membership, Project, Role, User
from accounts.permissions import require
from accounts.tokens import digest, new_secret
from core.audit import emit, record
from core.errors import NotFound, Refused

MOST_PEOPLE = 1_000


def make_join_link(
    *,
    who: User | ApiToken,
    project: Project,
    name: str,
    most: int,
    days: int,
    about: Mapping[str, Any] | None = None,
) -> tuple[JoinLink, str]:
    """The link and its secret; the secret cannot be read again."""
    require(who, "annotator.invite", project)
    if not 1 <= days <= MAX_DAYS or not 1 <= most <= MOST_PEOPLE or not name.strip():
        raise Refused(
            "join_link_out_of_range",
            _("A team link has a name and lets in 1 to %(most)d people within 1 to %(days)d days.")
            % {"most": MOST_PEOPLE, "days": MAX_DAYS},
        )
    secret = new_secret()
    with transaction.atomic():
        link = JoinLink.objects.create(
            project=project,
            name=name.strip(),
            about=dict(about or {}),
            token_sha256=digest(secret),
            most=most,
            created_by=person_behind(who),
            expires_at=timezone.now() + timedelta(days=days),
        )
        record(
            actor=who.actor,
            verb="join_link.make",
            subject=link,
            project_id=project.pk,
            data={"name": link.name, "most": most, "days": days},
        )
        emit(subject=link, name="made", project_id=project.pk)
    return link, secret


def revoke_join_link(*, who: User | ApiToken, project: Project, link_id: uuid.UUID) -> None:
    """Nobody joins by it any more; who has joined stays."""
    require(who, "annotator.invite", project)
    with transaction.atomic():
        link = (
            JoinLink.objects.select_for_update().filter(pk=link_id, project=project, revoked_at=None).first()
        )
        if link is None:
            raise NotFound("join_link_not_open", _("There is no open team link of that name."))
        JoinLink.objects.filter(pk=link.pk).update(revoked_at=Now())
        record(actor=who.actor, verb="join_link.revoke", subject=link, project_id=project.pk)
        emit(subject=link, name="revoked", project_id=project.pk)


def find_join_link(secret: str) -> JoinLink:
    """The open link of that secret; full, withdrawn, expired and unknown ones are refused alike."""
    link = (
        JoinLink.objects.filter(token_sha256=digest(secret), revoked_at=None, expires_at__gt=Now())
        .filter(used__lt=F("most"))
        .select_related("project", "created_by")
        .first()
    )
    if link is None:
        raise _gone()
    return link


def join_as_member(*, user: User, secret: str) -> Membership:
    """A signed-in person becomes an annotator; who is one already uses nothing up."""
    with transaction.atomic():
        link = find_join_link(secret)
        held = Membership.objects.filter(project=link.project, user=user, role=Role.ANNOTATOR).first()
        return held or _take(link, user)


def join_as_newcomer(*, secret: str, email: str, name: str, password: str) -> Membership:
    """A person without an account gets one. Raises ValidationError for a weak password."""
    address = User.objects.normalize_email(email).lower()
    with transaction.atomic():
        link = find_join_link(secret)
        if User.objects.filter(email=address).exists():
            raise Refused(
                "has_account",
                _("%(email)s has an account already.") % {"email": address},
                hint=_("Sign in, then open the link again."),
            )
        validate_password(password, User(email=address, name=name))
        return _take(link, User.objects.create_user(address, password, name=name))


def _take(link: JoinLink, user: User) -> Membership:
    """The conditional UPDATE counts the people: of many clicks at once no more than `most` win."""
    taken = JoinLink.objects.filter(
        pk=link.pk, revoked_at=None, expires_at__gt=Now(), used__lt=F("most")
    ).update(used=F("used") + 1)
    if not taken:
        raise _gone()
    return become_member(
        project=link.project, user=user, role=Role.ANNOTATOR, about=link.about, by={"join_link": str(link.pk)}
    )


def _gone() -> NotFound:
    return NotFound(
        "join_link_gone",
        _("This link is full, was withdrawn, or has expired."),
        hint=_("Ask a data lead of the project for a new link."),
    )
