"""The vault's four eyes: one person asks for an original, another grants it for a while, every look is on record; or it is shredded."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.errors import NotFound, Refused
from curation.actions.cleaned import cleaned
from curation.models import Reveal, RevealRequest, Trace, VaultEntry, VaultKey, VaultSwitch
from curation.ruling.sealing import open_entry

GRANTED_FOR = timedelta(minutes=15)


def switch_vault(*, who: User, project: Project, enabled: bool) -> VaultSwitch:
    """Begin or end sealing originals of what comes in; what was sealed stays sealed."""
    require(who, "vault.manage", project)
    if enabled and not settings.VAULT:
        raise Refused(
            "no_vault", _("This installation has no vault."),
            hint=_("An operator sets WINNOW_VAULT=1 and keeps the keyring apart from the database."),
        )  # fmt: skip
    with transaction.atomic():
        switch, _made = VaultSwitch.objects.update_or_create(
            project=project, defaults={"enabled": enabled, "changed_by": who, "changed_at": Now()}
        )
        audit.record(
            actor=who.actor,
            verb="vault.switch",
            subject=switch,
            project_id=project.pk,
            data={"enabled": enabled},
        )
        audit.emit(
            subject=switch, name="switched", project_id=project.pk, to_state="on" if enabled else "off"
        )
    return switch


def ask_to_reveal(*, who: User, project: Project, trace: Trace, surrogate: str, reason: str) -> RevealRequest:
    """Ask to see what this surrogate stands for in this trace."""
    require(who, "vault.reveal", project)
    if not reason.strip():
        raise Refused("no_reason", _("Say why the original is needed."))
    found = VaultEntry.objects.filter(key__trace=trace, key__project=project, surrogate=surrogate)
    entry = found.select_related("key").first()
    if entry is None or entry.key.wrapped is None:
        raise NotFound("nothing_sealed", _("The vault holds no original for this, or it was shredded."))
    with transaction.atomic():
        request = RevealRequest.objects.create(
            project=project,
            entry=entry,
            reason=cleaned(reason.strip(), project=project)[:300],
            requested_by=who,
        )
        _record(who, request, "vault.ask", "requested", "", "requested")
    return request


def decide_reveal(*, who: User, project: Project, request_id: uuid.UUID, grant: bool) -> RevealRequest:
    """Grant (for a quarter of an hour) or deny what somebody else asked."""
    require(who, "vault.reveal", project)
    with transaction.atomic():
        request = RevealRequest.objects.select_for_update().filter(project=project, pk=request_id).first()
        if request is None:
            raise NotFound("request_not_found", _("There is no such request in this project."))
        if request.requested_by_id == who.pk:
            raise Refused("own_request", _("Somebody else has to decide what you asked for."))
        if request.state != "requested":
            raise Refused("decided_already", _("This request was decided already."))
        request.state = "granted" if grant else "denied"
        request.decided_by, request.decided_at = who, timezone.now()
        request.expires_at = request.decided_at + GRANTED_FOR if grant else None
        request.save(update_fields=["state", "decided_by", "decided_at", "expires_at"])
        _record(who, request, f"vault.{'grant' if grant else 'deny'}", "decided", "requested", request.state)
    return request


def reveal(*, who: User, project: Project, request_id: uuid.UUID) -> str:
    """The original, to the one who asked, while the grant stands; each look is a row and an audit entry before it is shown."""
    require(who, "vault.reveal", project)
    with transaction.atomic():
        found = RevealRequest.objects.select_related("entry__key").filter(project=project, pk=request_id)
        request = found.first()
        if request is None:
            raise NotFound("request_not_found", _("There is no such request in this project."))
        standing = request.state == "granted" and request.expires_at and request.expires_at > timezone.now()
        if request.requested_by_id != who.pk or not standing:
            raise Refused("not_granted", _("No standing grant lets you see this."))
        original = open_entry(request.entry)
        if original is None:
            raise NotFound("shredded", _("The key of this person was shredded; nobody can open this again."))
        Reveal.objects.create(request=request, shown_to=who)
        _record(who, request, "vault.reveal", "revealed", "granted", "granted")
    return original


def shred_person(*, who: User, project: Project, user_key: str, reason: str) -> int:
    """Destroy the data keys of every trace of this pseudonym; how many. Nothing sealed under them can be opened again."""
    require(who, "vault.manage", project)
    if not reason.strip():
        raise Refused("no_reason", _("Shredding needs a reason; it is all that stays."))
    if not user_key:
        raise Refused("no_person", _("Name the pseudonym whose originals are to be destroyed."))
    with transaction.atomic():
        keys = VaultKey.objects.filter(project=project, trace__user_key=user_key, wrapped__isnull=False)
        shredded = keys.update(wrapped=None, shredded_at=Now(), shredded_by=who)
        if not shredded:
            raise NotFound("nothing_sealed", _("The vault holds nothing of this person."))
        data = {
            "person": user_key,
            "traces": shredded,
            "reason": cleaned(reason.strip(), project=project)[:300],
        }
        audit.record(actor=who.actor, verb="vault.shred", subject=project, project_id=project.pk, data=data)
        audit.emit(subject=project, name="shredded", project_id=project.pk, data=data)
    return shredded


def _record(who: User, request: RevealRequest, verb: str, name: str, before: str, after: str) -> None:
    data = {
        "trace": str(request.entry.key_id),
        "surrogate": request.entry.surrogate,
        "reason": request.reason,
    }
    audit.record(actor=who.actor, verb=verb, subject=request, project_id=request.project_id, data=data)
    audit.emit(
        subject=request,
        name=name,
        project_id=request.project_id,
        from_state=before,
        to_state=after,
        data=data,
    )
