"""Put pairs and repairs into a campaign's queue, in bulk and once per content."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from core.keyring import project_key
from curation.models import ConversationVersion

from ..eligibility import primary
from ..models import Campaign, Item, ItemRole, Pair, Repair, Response
from ..rules import Rules, read

BATCH = 500


@dataclass(frozen=True, slots=True)
class NewItem:
    """A pair (two responses) or a repair (one) about one conversation version; higher priority comes first.

    `sampled` is True for items that chance alone has put there: they represent the traces, others do not.
    """

    version_id: UUID
    responses: tuple[Response, ...]
    source: str
    priority: float
    backlog_item_id: UUID | None = None
    role: ItemRole = ItemRole.WORK
    sensitive: bool = False
    sampled: bool = True
    hard_negative_id: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What curation says of a version when an item is made from it, and whose conversation it is (a surrogate)."""

    stratum: str
    language: str
    prompt_group: str
    asked_by: str


def fingerprint(project_id: UUID, new: NewItem) -> str:
    """Keyed hash of what is judged, in either order: the same answers are put before people once per campaign and role."""
    parts = sorted(f"{one.version_id}:{one.content_hash}" for one in new.responses)
    message = "|".join(parts if new.role == ItemRole.WORK else [new.role, *parts])
    return project_key(project_id, "item").mac(message.encode()).hex()


def make_items(*, campaign: Campaign, found: Sequence[NewItem]) -> list[UUID]:
    """Ids of the items that are new; those the campaign already has are passed over. Call inside a transaction."""
    rules = read(campaign.rules)
    origins = _origins(
        {one.version_id for new in found for one in new.responses} | {new.version_id for new in found}
    )
    rows = {}
    for new in found:
        row = _row(campaign, rules, new, origins)
        rows[row.fingerprint] = (row, new)
    Item.objects.bulk_create([row for row, _ in rows.values()], ignore_conflicts=True, batch_size=BATCH)
    ids = {row.pk for row, _ in rows.values()}
    made = set(Item.objects.filter(pk__in=ids).values_list("pk", flat=True))
    fresh = [(row, new) for row, new in rows.values() if row.pk in made]
    Pair.objects.bulk_create(
        [
            Pair(
                item=row,
                response_a=new.responses[0],
                response_b=new.responses[1],
                source=new.source,
                hard_negative_id=new.hard_negative_id,
            )
            for row, new in fresh
            if row.kind == "pair"
        ],
        batch_size=BATCH,
    )
    Repair.objects.bulk_create(
        [Repair(item=row, response=new.responses[0]) for row, new in fresh if row.kind == "repair"],
        batch_size=BATCH,
    )
    return [row.pk for row, _ in fresh]


def _row(campaign: Campaign, rules: Rules, new: NewItem, origins: dict[UUID, Origin]) -> Item:
    origin, mark = origins[new.version_id], fingerprint(campaign.project_id, new)
    work = new.role == ItemRole.WORK
    drawn, floored = int(mark[:8], 16) / 2**32, int(mark[8:16], 16) / 2**32
    slots = rules.slots(origin.stratum, overlap=campaign.overlap, chance=drawn) if work else 0
    asked_by = {origins[one.version_id].asked_by for one in new.responses} | {origin.asked_by}
    return Item(
        id=uuid4(),
        project_id=campaign.project_id,
        campaign=campaign,
        kind="pair" if len(new.responses) == 2 else "repair",
        version_id=new.version_id,
        backlog_item_id=new.backlog_item_id,
        fingerprint=mark,
        slots_asked=slots,
        slots_left=slots,
        priority=new.priority,
        role=new.role,
        stratum=origin.stratum,
        language=origin.language,
        prompt_group=origin.prompt_group,
        asked_by=sorted(asked_by - {""}),
        sensitive=new.sensitive or bool(rules.warning),
        sampled=new.sampled and (not rules.selection.active or floored < rules.selection.floor),
        quota=rules.quota if work else {},
    )


def _origins(versions: Collection[UUID]) -> dict[UUID, Origin]:
    """One query; a version curation has not read yet has neither stratum nor language."""
    rows = ConversationVersion.objects.filter(pk__in=versions).values_list(
        "pk", "curation__domain", "curation__language", "prompt_hash", "trace__user_key"
    )
    return {
        pk: Origin(domain or "", primary(language or ""), prompt, person)
        for pk, domain, language, prompt, person in rows
    }
