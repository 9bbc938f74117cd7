"""Push a campaign: accounts, data set, then records in batches. Cut off anywhere and started again, it doubles nothing.

A record's external id and its sides are stored before it is sent, and Argilla creates or updates by external id.
"""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from core.jobs import RunningJob, enqueue
from core.models import Job

from ..cards import options
from ..guidance import plain_text
from ..jobs import ARGILLA_PUSH
from ..models import ArgillaConnection, ArgillaDataset, ArgillaRecord, Campaign, Item, ItemRole
from ..tags import REASONS
from .accounts import ensure_accounts
from .blueprint import Blueprint, blueprint
from .connect import connection_of, signed_in
from .contents import Outgoing, outgoing
from .suggestions import with_suggestions

if TYPE_CHECKING:
    from .server import Server

BATCH = 100
LONGEST_GUIDELINES = 10_000


def start_push(*, who: User, campaign: Campaign, suggest: bool = False) -> Job:
    """Queue the push of an open campaign of pairs; one at a time."""
    require(who, "annotation.manage", campaign.project)
    connection_of(campaign.project)
    if campaign.kind != "pair":
        raise Refused(
            "argilla_pairs_only", _("Only pairs can be judged in Argilla; repairs are edited here.")
        )
    if campaign.state != "open":
        raise Refused("campaign_not_open", _("Open the campaign first."))
    audit.record(
        actor=who.actor, verb="annotation.push_argilla", subject=campaign, project_id=campaign.project_id
    )
    return enqueue(
        kind=ARGILLA_PUSH,
        project_id=campaign.project_id,
        payload={"campaign": str(campaign.pk), "suggest": suggest},
        dedupe_key=str(campaign.pk),
    )


def run_push(running: RunningJob) -> dict[str, Any]:
    """Send what is not there yet; the counts become the job's result."""
    campaign = Campaign.objects.select_related("project", "guidelines").get(pk=running.payload["campaign"])
    with signed_in(campaign.project) as (connection, server):
        running.progress(0, 0, _("making accounts"))
        workspace = server.workspace(connection.workspace)
        accounts = ensure_accounts(running, connection, server, workspace)
        dataset = _dataset(running, campaign, connection, server, workspace)
        _draw_sides(running, campaign)
        _forget_gone(running, campaign, dataset, server)
        sent, refused = _send(running, campaign, dataset, server)
    return {"sent": sent, "refused": refused, "accounts": accounts, "data set": dataset.name}


def pushable(campaign: Campaign) -> "QuerySet[Item]":
    """Work that still asks for votes. Gold and practice stay here, and so does what needs a warning or an opt-in."""
    return Item.objects.filter(
        campaign=campaign, kind="pair", state="open", slots_left__gt=0, role=ItemRole.WORK, sensitive=False
    )


def answers_asked(campaign: Campaign) -> int:
    """How many answers a pair stays open for there: what the pair that asks for most asks for; the rest come in uncounted."""
    most = Item.objects.asked_in(campaign).aggregate(most=Max("slots_asked"))["most"]
    return int(most or campaign.overlap)


def _dataset(
    running: RunningJob, campaign: Campaign, connection: ArgillaConnection, server: "Server", workspace: UUID
) -> ArgillaDataset:
    """The campaign's data set, with today's guidelines; made anew where somebody deleted it there."""
    held = ArgillaDataset.objects.filter(campaign=campaign).first()
    if held is not None and server.dataset(held.dataset_id) is not None:
        return _told(running, campaign, held, server)
    name = f"{slugify(campaign.name)[:80] or 'campaign'}-{campaign.pk.hex[:8]}"
    made = server.make_dataset(name, workspace, _plan(campaign))
    with running.fence():
        if held is not None:
            running.say(_("The data set was deleted there; a new one was made."), level="warning")
            ArgillaRecord.objects.filter(campaign=campaign).update(record_id=None)
        dataset, _new = ArgillaDataset.objects.update_or_create(
            campaign=campaign,
            defaults={
                "connection": connection,
                "dataset_id": made,
                "name": name,
                "guidelines": campaign.guidelines,
            },
        )
    return dataset


def _told(running: RunningJob, campaign: Campaign, held: ArgillaDataset, server: "Server") -> ArgillaDataset:
    if held.guidelines_id != campaign.guidelines_id:
        server.tell(held.dataset_id, _guidelines(campaign))
        held.guidelines = campaign.guidelines
        with running.fence():
            held.save(update_fields=["guidelines"])
    return held


def _guidelines(campaign: Campaign) -> str:
    return plain_text(campaign.guidelines)[:LONGEST_GUIDELINES] if campaign.guidelines else ""


def _plan(campaign: Campaign) -> Blueprint:
    return blueprint(
        guidelines=_guidelines(campaign),
        choices={one.value: str(one.label) for one in options()},
        reasons={code: str(REASONS[code]) for code in campaign.rules.get("tags", []) if code in REASONS},
        requires=campaign.rules.get("requires", []),
        min_submitted=answers_asked(campaign),
    )


def _draw_sides(running: RunningJob, campaign: Campaign) -> None:
    """One mapping row per item, its sides drawn once and for good."""
    drawn = random.SystemRandom()
    fresh = pushable(campaign).filter(argilla_record=None).values_list("pk", flat=True)
    rows = [ArgillaRecord(campaign=campaign, item_id=pk, swapped=drawn.random() < 0.5) for pk in fresh]
    with running.fence():
        ArgillaRecord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _forget_gone(running: RunningJob, campaign: Campaign, dataset: ArgillaDataset, server: "Server") -> None:
    """Records somebody deleted there are sent again."""
    there = {UUID(one["id"]) for page in server.pages(dataset.dataset_id, responses=False) for one in page}
    held = ArgillaRecord.objects.filter(campaign=campaign, record_id__isnull=False)
    gone = [pk for pk, record_id in held.values_list("pk", "record_id") if record_id not in there]
    if gone:
        with running.fence():
            ArgillaRecord.objects.filter(pk__in=gone).update(record_id=None)


def _send(
    running: RunningJob, campaign: Campaign, dataset: ArgillaDataset, server: "Server"
) -> tuple[int, int]:
    """Batches of what Argilla has not confirmed; (confirmed, refused)."""
    waiting = ArgillaRecord.objects.filter(campaign=campaign, record_id=None, item__in=pushable(campaign))
    todo = list(waiting.order_by("-item__priority", "pk"))
    sent = refused = 0
    for start in range(0, len(todo), BATCH):
        running.progress(start, len(todo), _("sending pairs"))
        batch = todo[start : start + BATCH]
        ready = outgoing(batch)
        if running.payload.get("suggest"):
            ready = with_suggestions(ready, batch)
        stored = _put(running, server, dataset, ready)
        _confirm(running, batch, ready, stored)
        sent, refused = sent + len(stored), refused + len(batch) - len(stored)
        running.progress(start + len(batch), len(todo), _("sending pairs"))
    return sent, refused


def _put(
    running: RunningJob, server: "Server", dataset: ArgillaDataset, ready: Sequence[Outgoing]
) -> dict[str, UUID]:
    """A whole batch, or, where Argilla will not take one of it, record by record: the others go through."""
    from .sdk import TooMuch

    try:
        return server.put(dataset.dataset_id, ready)
    except TooMuch as refused:
        if len(ready) == 1:
            running.say(
                _("%(record)s was not taken: %(why)s") % {"record": ready[0].external_id, "why": refused},
                level="warning",
            )
            return {}
    stored: dict[str, UUID] = {}
    for one in ready:
        stored |= _put(running, server, dataset, [one])
    return stored


def _confirm(
    running: RunningJob,
    batch: Sequence[ArgillaRecord],
    ready: Sequence[Outgoing],
    stored: dict[str, UUID],
) -> None:
    confirmed = []
    for record, out in zip(batch, ready, strict=True):
        if out.external_id in stored:
            record.record_id, record.fields_hash = stored[out.external_id], out.fields_hash
            confirmed.append(record)
    with running.fence():
        ArgillaRecord.objects.bulk_update(confirmed, ["record_id", "fields_hash"])
