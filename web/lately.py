"""What happened lately in the project, in sentences. Votes are left out: annotators are known by pseudonym only."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from core.models import AuditEntry

SHOWN = 6
HAPPENED: dict[str, tuple[str | Promise, str]] = {
    "trace.ingest": (_("sent traces"), ""),
    "trace.exported": (_("exported traces"), ""),
    "quarantine.publish": (_("published a quarantine version"), ""),
    "taxonomy.publish": (_("published a taxonomy of domains"), ""),
    "index.sync": (_("delivered documents"), ""),
    "index.publish": (_("published an index build"), "indexer:build"),
    "annotation.create_campaign": (_("opened a campaign"), "annotation:campaign"),
    "annotation.make_pairs": (_("added pairs to a campaign"), "annotation:campaign"),
    "annotation.make_repairs": (_("added repairs to a campaign"), "annotation:campaign"),
    "annotation.simulate": (_("let simulated annotators judge"), "annotation:campaign"),
    "snapshot.seal": (_("sealed a snapshot"), "snapshots:snapshot"),
    "snapshot.request": (_("asked for a signature"), "snapshots:snapshot"),
    "snapshot.approve": (_("approved a snapshot"), "snapshots:snapshot"),
    "snapshot.refuse": (_("refused a snapshot"), "snapshots:snapshot"),
    "snapshot.withdraw": (_("withdrew an approval"), "snapshots:snapshot"),
    "snapshot.erase_row": (_("erased a row"), "snapshots:snapshot"),
    "run.launch": (_("launched a run"), "trainers:run"),
    "run.cancel": (_("stopped a run"), "trainers:run"),
    "run.resume": (_("took a run up again"), "trainers:run"),
    "model.register": (_("registered a model"), "trainers:model"),
    "member.join": (_("joined"), ""),
    "member.set_roles": (_("changed somebody's roles"), "accounts:member"),
}


@dataclass(frozen=True)
class Happening:
    """One sentence: who did what, when, and where to look."""

    who: str
    what: str | Promise
    at: datetime
    href: str


def _href(name: str, project: Project, identity: str) -> str:
    try:
        return reverse(name, args=[project.slug, identity]) if name else ""
    except NoReverseMatch:
        return ""


def lately(project: Project) -> list[Happening]:
    """The last few things people should know about, newest first."""
    entries = AuditEntry.objects.filter(project_id=project.pk, verb__in=HAPPENED).order_by("-id")[:SHOWN]
    return [
        Happening(
            str(_("Winnow")) if entry.actor_kind == "system" else entry.actor_name,
            HAPPENED[entry.verb][0],
            entry.at,
            _href(HAPPENED[entry.verb][1], project, entry.subject_id),
        )
        for entry in entries
    ]
