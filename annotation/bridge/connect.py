"""Connect a project to an Argilla server that the installation allows, and tell Argilla to call when somebody answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.errors import NotFound, Refused
from core.jobs import RunningJob, enqueue
from core.models import Job

from ..jobs import ARGILLA_CONNECT
from ..models import ArgillaConnection
from . import secrets

if TYPE_CHECKING:
    from .server import Server

OWNER = "owner"
LONGEST_KEY, MOST_USERS = 400, 500


def connect(*, who: User, project: Project, server: str, api_key: str) -> Job:
    """Seal the key for one of the allowed servers, and look in a job whether it opens; a new key replaces the old one."""
    require(who, "annotation.manage", project)
    if server not in settings.ARGILLA_SERVERS:
        raise Refused(
            "argilla_not_allowed",
            _("This installation does not let projects use that server."),
            hint=_("Its operator lists servers in WINNOW_ARGILLA_SERVERS."),
        )
    api_key = api_key.strip()
    if not api_key or len(api_key) > LONGEST_KEY or not api_key.isascii() or not api_key.isprintable():
        raise Refused("argilla_key_unreadable", _("Paste the API key as Argilla shows it under My settings."))
    with transaction.atomic():
        held = ArgillaConnection.objects.select_for_update().filter(project=project).first()
        if held is not None and held.server != server and held.datasets.exists():
            raise Refused(
                "argilla_in_use",
                _("Campaigns of this project were pushed to %(server)s; their answers come from there.")
                % {"server": held.server},
            )
        _store(who, project, server, api_key, held)
        audit.record(
            actor=who.actor,
            verb="annotation.connect_argilla",
            subject=project,
            project_id=project.pk,
            data={"server": server},
        )
        return start_check(who=who, project=project)


def _store(who: User, project: Project, server: str, api_key: str, held: ArgillaConnection | None) -> None:
    sealed, key_id = secrets.seal(api_key, project=project, server=server, name=secrets.API_KEY)
    fresh = {"server": server, "api_key": sealed, "key_id": key_id, "changed_by": who}
    if held is None:
        ArgillaConnection.objects.create(
            project=project, workspace=f"winnow-{slugify(project.slug)}", **fresh
        )
        return
    kept = secrets.webhook_secret_of(held) if held.server == server else None
    again = secrets.seal(kept, project=project, server=server, name=secrets.WEBHOOK)[0] if kept else None
    if again is None:
        fresh |= {"webhook_id": None}
    ArgillaConnection.objects.filter(pk=held.pk).update(**fresh, webhook_secret=again)


def start_check(*, who: User, project: Project, listen: str = "") -> Job:
    """See in a job whose key it is; with the address of our own endpoint in `listen`, ask Argilla to call it."""
    require(who, "annotation.manage", project)
    return enqueue(
        kind=ARGILLA_CONNECT,
        project_id=project.pk,
        payload={"project": str(project.pk), "who": str(who.pk), "listen": listen},
        dedupe_key=str(project.pk),
    )


def webhook_address(project: Project) -> str:
    """Our own endpoint that Argilla calls, without the host."""
    return reverse("api-argilla-webhook", kwargs={"slug": project.slug})


def run_check(running: RunningJob) -> dict[str, Any]:
    """Whose key it is, and the webhook where one is wanted; what Argilla answers becomes the job's result."""
    project = Project.objects.get(pk=running.payload["project"])
    listen = running.payload["listen"]
    with signed_in(project) as (connection, server):
        me = server.me()
        workspace = server.workspace(connection.workspace)
        users = server.users() if me.detail == OWNER else server.members(workspace)
        if listen:
            _listen(running, connection, server, listen)
    return {
        "user": me.name,
        "role": me.detail,
        "listening": bool(listen),
        "users": sorted([one.name, str(one.id)] for one in users.values())[:MOST_USERS],
    }


def _listen(running: RunningJob, connection: ArgillaConnection, server: "Server", url: str) -> None:
    if connection.webhook_id is not None:
        server.stop_listening(connection.webhook_id)
    hook = server.listen(url)
    sealed, _key = secrets.seal(
        hook.detail,
        project=connection.project,
        server=connection.server,
        name=secrets.WEBHOOK,
        key_id=connection.key_id,
    )
    with running.fence():
        ArgillaConnection.objects.filter(pk=connection.pk).update(webhook_id=hook.id, webhook_secret=sealed)


def connection_of(project: Project) -> ArgillaConnection:
    """The project's connection, as long as its server is still allowed."""
    held = ArgillaConnection.objects.select_related("project").filter(project=project).first()
    if held is None:
        raise NotFound("argilla_not_connected", _("This project is not connected to an Argilla server."))
    if held.server not in settings.ARGILLA_SERVERS:
        raise Refused("argilla_not_allowed", _("This installation no longer allows %s.") % held.server)
    return held


@contextmanager
def signed_in(project: Project) -> "Iterator[tuple[ArgillaConnection, Server]]":
    """The connection and the server behind it, for the length of a job."""
    try:
        from .server import Server
    except ModuleNotFoundError as error:
        raise Refused(
            "argilla_not_installed", _("The extra `argilla` is not installed where jobs run.")
        ) from error
    connection = connection_of(project)
    server = Server(connection.server, secrets.api_key_of(connection))
    try:
        yield connection, server
    finally:
        server.close()
