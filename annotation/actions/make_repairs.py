"""Fill a campaign with repairs: answers somebody complained about first, then a sample of the rest."""

import random
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.bodies import pin
from curation.models import BacklogItem, ConversationVersion, Feedback

from ..candidates import judgeable, read_candidates
from ..exchange import as_of, response_of, turns_of
from ..models import Campaign
from .make_items import NewItem, make_items
from .responses import NewResponse, store_responses

COMPLAINED = 1.0


def make_repairs(
    *,
    who: User,
    campaign: Campaign,
    limit: int = 100,
    version_ids: Sequence[UUID] | None = None,
    backlog: BacklogItem | None = None,
    turn: int | None = None,
    priority: float = COMPLAINED,
    seed: int = 0,
) -> int:
    """Queue up to `limit` new repairs, or exactly `version_ids`; how many are new.

    Without a list, down-rated answers come first (priority 1 and above), the others in a seeded order;
    `priority` is where a given list goes, and `turn` which of its turns is repaired (the last).
    """
    require(who, "annotation.manage", campaign.project)
    if campaign.kind != "repair":
        raise Refused("not_a_repair_campaign", _("This campaign judges pairs, not repairs."))
    priorities = _chosen(campaign, version_ids, limit, priority, seed)
    found, versions = [], []
    for candidate in read_candidates(ConversationVersion.objects.filter(pk__in=priorities)):
        answer = response_of(as_of(candidate.conversation, turn))
        if turn in turns_of(candidate.conversation):
            found.append(
                NewResponse(candidate.version.pk, "production", candidate.generator, answer, turn=turn)
            )
            versions.append(candidate.version)
    with transaction.atomic():
        responses = store_responses(project_id=campaign.project_id, found=found)
        pin(versions)
        made = make_items(
            campaign=campaign,
            found=[
                NewItem(
                    one.version_id,
                    (response,),
                    "repair",
                    priorities[one.version_id],
                    backlog_item_id=backlog.pk if backlog else None,
                )
                for one, response in zip(found, responses, strict=True)
            ],
        )
        audit.record(
            actor=who.actor,
            verb="annotation.make_repairs",
            subject=campaign,
            project_id=campaign.project_id,
            data={"made": len(made), "seed": seed},
        )
    return len(made)


def _chosen(
    campaign: Campaign, version_ids: Sequence[UUID] | None, limit: int, priority: float, seed: int
) -> dict[UUID, float]:
    """Version to priority; ids of another project are not found."""
    rng = random.Random(seed)
    candidates = judgeable(campaign.project)
    if version_ids is not None:
        known = ConversationVersion.objects.filter(project=campaign.project, pk__in=version_ids)
        return {pk: priority + rng.random() for pk in known.values_list("pk", flat=True)}
    taken = campaign.items.filter(kind="repair", repair__response__turn=None).values("version_id")
    rows = list(candidates.exclude(pk__in=taken).order_by("pk").values_list("pk", "trace_id"))
    rng.shuffle(rows)
    complained = set(
        Feedback.objects.filter(project=campaign.project, rating=-1).values_list("trace_id", flat=True)
    )
    rows.sort(key=lambda row: row[1] not in complained)
    return {pk: rng.random() + (COMPLAINED if trace in complained else 0.0) for pk, trace in rows[:limit]}
