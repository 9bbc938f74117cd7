"""Put pairs and repairs into a campaign's queue, in bulk and once per content."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from core.keyring import project_key

from ..models import Axis, Campaign, Item, Pair, Quota, Repair, Response

BATCH = 500


@dataclass(frozen=True, slots=True)
class NewItem:
    """A pair (two responses) or a repair (one) about one conversation version; higher priority comes first."""

    version_id: UUID
    responses: tuple[Response, ...]
    source: str
    priority: float
    backlog_item_id: UUID | None = None


def fingerprint(project_id: UUID, new: NewItem) -> str:
    """Keyed hash of what is judged, in either order: the same answers are put before people once per campaign."""
    message = "|".join(sorted(f"{one.version_id}:{one.content_hash}" for one in new.responses))
    return project_key(project_id, "item").mac(message.encode()).hex()


def make_items(*, campaign: Campaign, found: Sequence[NewItem]) -> list[UUID]:
    """Ids of the items that are new; those the campaign already has are passed over. Call inside a transaction."""
    rows = {}
    for new in found:
        row = Item(
            id=uuid4(),
            project_id=campaign.project_id,
            campaign=campaign,
            kind="pair" if len(new.responses) == 2 else "repair",
            version_id=new.version_id,
            backlog_item_id=new.backlog_item_id,
            fingerprint=fingerprint(campaign.project_id, new),
            slots_asked=campaign.overlap,
            slots_left=campaign.overlap,
            priority=new.priority,
        )
        rows[row.fingerprint] = (row, new)
    Item.objects.bulk_create([row for row, _ in rows.values()], ignore_conflicts=True, batch_size=BATCH)
    ids = {row.pk for row, _ in rows.values()}
    made = set(Item.objects.filter(pk__in=ids).values_list("pk", flat=True))
    fresh = [(row, new) for row, new in rows.values() if row.pk in made]
    Pair.objects.bulk_create(
        [
            Pair(item=row, response_a=new.responses[0], response_b=new.responses[1], source=new.source)
            for row, new in fresh
            if row.kind == "pair"
        ],
        batch_size=BATCH,
    )
    Repair.objects.bulk_create(
        [Repair(item=row, response=new.responses[0]) for row, new in fresh if row.kind == "repair"],
        batch_size=BATCH,
    )
    _cap(campaign, [row for row, _ in fresh])
    return [row.pk for row, _ in fresh]


def _cap(campaign: Campaign, items: Sequence[Item]) -> None:
    """One quota row per item and value of every capped axis, taken under the item's lock by a claim."""
    quotas = []
    for name, most in campaign.rules.get("caps", {}).items():
        axis = Axis.objects.filter(project_id=campaign.project_id, name=name).order_by("-number")[0]
        quotas += [
            Quota(item=item, axis=axis, value=value, left=most) for item in items for value in axis.values
        ]
    Quota.objects.bulk_create(quotas, batch_size=BATCH)
