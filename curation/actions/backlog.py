"""Needs work: open an item on a trace or a passage, give it an owner, close it by a pair, a repair or a dismissal.

What came in equals what is open plus what was resolved; no item is ever removed.
"""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Project, User
from accounts.permissions import may, require
from core import audit
from core.actors import Actor
from core.errors import Refused
from curation.actions.cleaned import cleaned
from curation.bodies import pin
from curation.models import BacklogItem, ConversationVersion, Trace

Who = User | ApiToken | Actor
REASONS = {
    "wrong_answer": _("Wrong answer"),
    "unhelpful": _("Not helpful"),
    "unsafe": _("Unsafe"),
    "bad_citation": _("Citation does not hold"),
    "tool_failure": _("Tool failed"),
    "style": _("Style or tone"),
    "thumbs_down": _("Thumbs down"),
    "escalated": _("Escalated to a person"),
    "other": _("Something else"),
}
RESOLUTIONS = {
    "pair": _("Became a pair"),
    "repair": _("Became a repair"),
    "dismissed": _("Dismissed"),
    "reindexed": _("Document indexed again"),
}
LONGEST_NOTE = 4000


def open_item(
    *,
    who: Who,
    project: Project,
    reason: str,
    trace: Trace | None = None,
    version: ConversationVersion | None = None,
    citation: str = "",
    note: str = "",
    owner: User | None = None,
) -> BacklogItem:
    """Open one item on a trace or on a citation; the one that is open there for this reason already is returned instead.

    The conversation it is about is pinned, so that retention cannot take it from the person who will mend it.
    """
    _require(who, "backlog.open", project)
    trace = trace or (version.trace if version else None)
    _check_target(project, reason, trace, version, citation, owner)
    if trace is not None and version is None:
        version = trace.current
    fields = {
        "project": project, "reason": reason, "trace": trace, "version": version, "citation": citation[:64],
        "note": _noted(note, project)[:LONGEST_NOTE], "owner": owner, "opened_by": _person(who),
    }  # fmt: skip
    try:
        with transaction.atomic():
            item = BacklogItem.objects.create(**fields)
            if version is not None:
                pin([version])
            _record(who, item, "backlog.open", to_state="open", reason=reason)
    except IntegrityError:
        known = BacklogItem.objects.filter(
            project=project, reason=reason, state="open", citation=citation[:64], trace=trace
        )
        return known.get()
    return item


def assign_item(*, who: Who, item: BacklogItem, owner: User | None) -> BacklogItem:
    """Give an open item to a member of the project, or back to everybody."""
    _require(who, "backlog.manage", item.project)
    if owner is not None and not may(owner, "backlog.read", item.project):
        raise Refused("owner_not_a_member", "The owner has to be a member of this project.")
    with transaction.atomic():
        changed = BacklogItem.objects.filter(pk=item.pk, state="open").update(owner=owner)
        _must_be_open(changed)
        _record(who, item, "backlog.assign", owner=str(owner.pk) if owner else None)
    item.owner = owner
    return item


def resolve_item(
    *, who: Who, item: BacklogItem, resolution: str, produced: uuid.UUID | None = None, note: str = ""
) -> BacklogItem:
    """Close an open item by what came of it; `produced` is the id of the pair or repair."""
    _require(who, "backlog.manage", item.project)
    if resolution not in RESOLUTIONS:
        raise Refused("unknown_resolution", f"A resolution is one of: {', '.join(RESOLUTIONS)}.")
    if resolution in ("pair", "repair") and produced is None:
        raise Refused("nothing_produced", "Say which pair or repair came of it, or dismiss the item.")
    with transaction.atomic():
        changed = BacklogItem.objects.filter(pk=item.pk, state="open").update(
            state="resolved",
            resolution=resolution,
            produced=produced,
            resolved_by=_person(who),
            resolved_at=Now(),
        )
        _must_be_open(changed)
        _record(
            who,
            item,
            "backlog.resolve",
            from_state="open",
            to_state="resolved",
            resolution=resolution,
            note=_noted(note, item.project)[:400],
        )
    item.refresh_from_db()
    return item


def _noted(note: str, project: Project) -> str:
    """A note quotes the conversation it is about."""
    return cleaned(note.replace("\0", ""), project=project)


def _require(who: Who, verb: str, project: Project) -> None:
    if not isinstance(who, Actor):
        require(who, verb, project)


def _check_target(
    project: Project,
    reason: str,
    trace: Trace | None,
    version: ConversationVersion | None,
    citation: str,
    owner: User | None,
) -> None:
    if reason not in REASONS:
        raise Refused("unknown_reason", f"A reason is one of: {', '.join(REASONS)}.")
    if (trace is None) == (not citation):
        raise Refused(
            "one_target", "An item is about one trace or about one cited passage, not both and not neither."
        )
    strangers = [one for one in (trace, version) if one is not None and one.project_id != project.pk]
    if strangers or (version is not None and trace is not None and version.trace_id != trace.pk):
        raise Refused("not_in_project", "There is no such trace in this project.")
    if owner is not None and not may(owner, "backlog.read", project):
        raise Refused("owner_not_a_member", "The owner has to be a member of this project.")


def _must_be_open(changed: int) -> None:
    if not changed:
        raise Refused(
            "already_resolved", "This item is resolved already; open a new one if it comes up again."
        )


def _person(who: Who) -> User | None:
    if isinstance(who, User):
        return who
    return who.owner if isinstance(who, ApiToken) else None


def _record(
    who: Who, item: BacklogItem, verb: str, *, from_state: str = "", to_state: str = "", **data: object
) -> None:
    actor = who if isinstance(who, Actor) else who.actor
    audit.record(actor=actor, verb=verb, subject=item, project_id=item.project_id, data=data)
    audit.emit(
        subject=item,
        name=verb,
        project_id=item.project_id,
        from_state=from_state,
        to_state=to_state,
        data=data,
    )
