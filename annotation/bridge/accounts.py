"""Annotators and the Argilla users who answer for them: linked by a lead, or made by a push under the pseudonym."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Project, User
from accounts.permissions import VERBS, require
from core import audit
from core.errors import Refused
from core.jobs import RunningJob
from core.keyring import naming_key, project_key

from ..actions.profile import profile_of
from ..models import AnnotatorProfile, ArgillaAccount, ArgillaConnection
from .connect import connection_of
from .secrets import PURPOSE, first_password

if TYPE_CHECKING:
    from .sdk import There
    from .server import Server


def people_of(project: Project) -> list[User]:
    """Everybody who may judge here, by name; simulated annotators judge here only."""
    judging = Membership.objects.filter(project=project, role__in=VERBS["annotation.judge"])
    return list(
        User.objects.filter(pk__in=judging.values("user"), is_active=True, is_simulated=False).order_by(
            "name"
        )
    )


def link_account(
    *, who: User, project: Project, person: User, user_id: UUID, username: str
) -> ArgillaAccount:
    """Say which Argilla user an annotator is. One user answers for one person, for good: votes depend on it."""
    require(who, "annotation.manage", project)
    connection = connection_of(project)
    profile = profile_of(who=person, project=project)
    try:
        with transaction.atomic():
            made = ArgillaAccount.objects.create(
                connection=connection, profile=profile, user_id=user_id, username=username[:200]
            )
            audit.record(
                actor=who.actor,
                verb="annotation.link_argilla_account",
                subject=profile,
                project_id=project.pk,
                data={"username": made.username},
            )
    except IntegrityError as error:
        raise Refused(
            "argilla_account_taken",
            _("This Argilla user is linked already; a link is not changed afterwards: votes rest on it."),
        ) from error
    return made


def ensure_accounts(
    running: RunningJob, connection: ArgillaConnection, server: "Server", workspace: UUID
) -> int:
    """Everybody who may judge can sign in there and sees the workspace; how many accounts were made.

    Only an owner's key may do that. With an admin's the accounts are the lead's to make there, and to link here.
    """
    try:
        there = server.users()
    except Refused as refused:
        if refused.code != "argilla_key_refused":
            raise
        running.say(_("No accounts were made: that takes the API key of an Argilla owner."), level="warning")
        return 0
    made = 0
    for profile in _judging(connection.project):
        account = _living(connection, profile, there)
        if account is None:
            account = _make(running, connection, server, profile, there)
            made += 1
        server.join(account.user_id, workspace)
    return made


def _judging(project: Project) -> list[AnnotatorProfile]:
    found = [profile_of(who=person, project=project) for person in people_of(project)]
    return [profile for profile in found if profile.deactivated_at is None]


def _living(
    connection: ArgillaConnection, profile: AnnotatorProfile, there: "dict[str, There]"
) -> ArgillaAccount | None:
    """An account of this person that has not been deleted there."""
    ids = [user.id for user in there.values()]
    return ArgillaAccount.objects.filter(connection=connection, profile=profile, user_id__in=ids).first()


def username_of(profile: AnnotatorProfile) -> str:
    """A name that leads to neither the person nor the pseudonym, and comes out the same every time."""
    key = naming_key(profile.project_id, f"{PURPOSE}-username")
    return f"winnow-{key.mac(profile.pk.bytes).hex()[:16]}"


def _make(
    running: RunningJob,
    connection: ArgillaConnection,
    server: "Server",
    profile: AnnotatorProfile,
    there: "dict[str, There]",
) -> ArgillaAccount:
    """Under a name that says nothing about the person; an attempt that was cut off is found again by it."""
    username = username_of(profile)
    key = project_key(connection.project_id, PURPOSE)
    user = there.get(username) or server.make_user(
        username, first_password(connection.project_id, profile.pk, key.id)
    )
    there[username] = user
    with running.fence():
        return ArgillaAccount.objects.create(
            connection=connection, profile=profile, user_id=user.id, username=username, made_with=key.id
        )
