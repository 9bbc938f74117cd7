"""API tokens: shown once, stored hashed, limited to scopes, bound to a project and their owner's roles."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.models.access import Scope
from accounts.permissions import may, require
from accounts.tokens import digest, new_secret
from core.audit import emit, record
from core.errors import NotFound, Refused

PREFIX_LENGTH = 12


def create_token(
    *,
    who: User | ApiToken,
    project: Project,
    name: str,
    scopes: Collection[str],
    days: int | None = None,
    training_use: str = "",
    rate_limit: int | None = None,
    daily_quota: int | None = None,
) -> tuple[ApiToken, str]:
    """The token and its secret; the secret cannot be read again. A token cannot make tokens."""
    require(who, "token.manage", project)
    if isinstance(who, ApiToken):
        raise Refused(
            "needs_a_person", _("A token cannot make another token."), hint=_("Sign in to make one.")
        )
    known = sorted(Scope(scope) for scope in scopes)
    if not known:
        raise Refused("no_scope", _("A token needs at least one scope."))
    secret = new_secret()
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(
                project=project,
                owner=who,
                name=name,
                prefix=secret[:PREFIX_LENGTH],
                token_sha256=digest(secret),
                scopes=known,
                training_use=training_use,
                rate_limit=rate_limit,
                daily_quota=daily_quota,
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
            record(
                actor=who.actor,
                verb="token.create",
                subject=token,
                project_id=project.pk,
                data={"scopes": known},
            )
            emit(subject=token, name="created", project_id=project.pk)
    except IntegrityError as error:
        raise Refused(
            "name_taken", _("There is a live token of that name."), hint=_("Choose another name.")
        ) from error
    return token, secret


def revoke_token(*, who: User | ApiToken, project: Project, token_id: uuid.UUID) -> None:
    """End a token at once: its owner may, and an administrator."""
    require(who, "token.manage", project)
    with transaction.atomic():
        token = _own_live_token(who, project, token_id)
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=Now())
        record(actor=who.actor, verb="token.revoke", subject=token, project_id=project.pk)
        emit(subject=token, name="revoked", project_id=project.pk)


def limit_token(
    *,
    who: User | ApiToken,
    project: Project,
    token_id: uuid.UUID,
    rate_limit: int | None,
    daily_quota: int | None,
) -> ApiToken:
    """Bound what a token may send, in rows a second and rows a UTC day; None is no bound. Holds within seconds."""
    require(who, "token.manage", project)
    limits = {"rate_limit": rate_limit, "daily_quota": daily_quota}
    with transaction.atomic():
        token = _own_live_token(who, project, token_id)
        ApiToken.objects.filter(pk=token.pk).update(**limits)
        record(actor=who.actor, verb="token.limit", subject=token, project_id=project.pk, data=limits)
    return ApiToken.objects.get(pk=token.pk)


def find_own_token(who: User | ApiToken, project: Project, token_id: uuid.UUID) -> ApiToken:
    """A live token that this person may change: one's own, any of the project for an administrator."""
    return _found(_own_live(who, project, token_id).select_related("owner").first())


def _own_live_token(who: User | ApiToken, project: Project, token_id: uuid.UUID) -> ApiToken:
    return _found(_own_live(who, project, token_id).select_for_update().first())


def _own_live(who: User | ApiToken, project: Project, token_id: uuid.UUID) -> QuerySet[ApiToken]:
    live = ApiToken.objects.filter(pk=token_id, project=project, revoked_at=None)
    return live if may(who, "member.manage", project) else live.filter(owner=person_behind(who))


def _found(token: ApiToken | None) -> ApiToken:
    if token is None:
        raise NotFound("token_not_found", _("There is no live token of that name that you may change."))
    return token
