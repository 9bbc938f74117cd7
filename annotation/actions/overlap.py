"""How many judgments an item asks for may change: more after a conflict, fewer once nothing can change the outcome."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.permissions import require
from core import audit
from core.errors import Refused

from ..decisions import CONFLICT, Outcome
from ..models import Campaign, Item
from ..rules import MAX_OVERLAP, read

BATCH = 500

SET_ASKED = """
WITH wanted AS (
    SELECT id, slots_asked, slots_asked - slots_left AS taken, greatest(
        %(overlap)s, slots_asked - slots_left + greatest(annotation_groups_missing(quota, groups), 0)) AS asked
    FROM annotation_item WHERE id = ANY(%(items)s)
), counted AS (
    SELECT item_id, count(*) AS n FROM annotation_judgment WHERE item_id = ANY(%(items)s) AND slot IS NOT NULL GROUP BY 1
)
UPDATE annotation_item i SET slots_asked = w.asked, slots_left = w.asked - w.taken,
    state = CASE WHEN coalesce(c.n, 0) = w.asked THEN 'decided' ELSE 'open' END
FROM wanted w LEFT JOIN counted c ON c.item_id = w.id
WHERE i.id = w.id AND i.state IN ('open', 'decided')
  AND (w.asked <> w.slots_asked OR i.state <> CASE WHEN coalesce(c.n, 0) = w.asked THEN 'decided' ELSE 'open' END)
RETURNING i.id
"""


def settle_overlap(item: Item, outcome: Outcome[UUID]) -> None:
    """After a counted vote, under the item's lock: ask for one more, let free slots go, or close what is full."""
    rules = read(item.campaign.rules)
    asked, left = item.slots_asked, item.slots_left
    if asked - left == outcome.counted and outcome.outcome == CONFLICT and not left:
        if rules.adaptive is not None and asked < rules.adaptive.most:
            asked, left = asked + 1, 1
    elif rules.stop_early and left and not _open_to_change(outcome, asked) and not _groups_missing(item):
        asked, left = asked - left, 0
    state = "decided" if outcome.counted == asked else "open"
    if (asked, state) == (item.slots_asked, "open"):
        return
    Item.objects.filter(pk=item.pk).update(slots_asked=asked, slots_left=left, state=state)
    if asked != item.slots_asked:
        audit.emit(
            subject=item,
            name="item.overlap",
            project_id=item.project_id,
            from_state=str(item.slots_asked),
            to_state=str(asked),
        )
    if state == "decided":
        audit.emit(
            subject=item, name="item.decided", project_id=item.project_id, from_state="open", to_state=state
        )


def _open_to_change(outcome: Outcome[UUID], asked: int) -> bool:
    """Whether the judgments still to come could draw level with the leading choice."""
    first, second = [*sorted(outcome.votes.values(), reverse=True), 0][:2]
    return first - second <= asked - outcome.counted


def _groups_missing(item: Item) -> bool:
    """An item that still needs a group is not done, whatever the votes say."""
    if not item.quota:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT annotation_groups_missing(quota, groups) > 0 FROM annotation_item WHERE id = %s",
            [item.pk],
        )
        return bool(cursor.fetchone()[0])


def set_overlap(*, who: User | ApiToken, campaign: Campaign, overlap: int) -> int:
    """Ask for another number of judgments of every item; how many items changed.

    What is counted, leased or reserved for a group stays: an item never asks for less than that. Items that are full
    by the new number are decided; decided ones that now need more are open again.
    """
    require(who, "annotation.manage", campaign.project)
    if not 1 <= overlap <= MAX_OVERLAP:
        raise Refused(
            "overlap_out_of_range", _("Judgments per item go from 1 to %(max)d.") % {"max": MAX_OVERLAP}
        )
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        before, locked.overlap = locked.overlap, overlap
        locked.save(update_fields=["overlap"])
        changed = _ask_everywhere(locked, overlap)
        audit.record(
            actor=who.actor,
            verb="annotation.set_overlap",
            subject=locked,
            project_id=locked.project_id,
            data={"from": before, "to": overlap, "items": changed},
        )
        audit.emit(
            subject=locked,
            name="campaign.overlap",
            project_id=locked.project_id,
            from_state=str(before),
            to_state=str(overlap),
        )
    return changed


def _ask_everywhere(campaign: Campaign, overlap: int) -> int:
    """Strata with a number of their own keep to it."""
    own = Item.objects.filter(
        campaign=campaign, role="work", kind=campaign.kind, state__in=["open", "decided"]
    )
    by_stratum = read(campaign.rules).overlap
    changed = _ask(own.exclude(stratum__in=list(by_stratum)), overlap)
    return changed + sum(_ask(own.filter(stratum=stratum), n) for stratum, n in by_stratum.items())


def _ask(own: QuerySet[Item], overlap: int) -> int:
    """In batches and in the order in which every act locks items."""
    changed, after = 0, None
    while True:
        page = own.filter(pk__gt=after) if after else own
        items = list(page.order_by("pk").select_for_update().values_list("pk", flat=True)[:BATCH])
        if not items:
            return changed
        with connection.cursor() as cursor:
            cursor.execute(SET_ASKED, {"overlap": overlap, "items": items})
            changed += cursor.rowcount
        after = items[-1]
