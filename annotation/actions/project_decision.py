"""Keep the item's Decision in step with its counted judgments; called under the item's lock."""

from django.db.models import F, Max

from ..decisions import Vote, decide_pair, decide_repair
from ..models import Decision, Item, JudgmentRevision, Pair, Repair, Response


def latest_votes(item: Item) -> list[Vote[Response]]:
    """The latest revision of every counted judgment, oldest slot first."""
    revisions = (
        JudgmentRevision.objects.filter(judgment__item=item, judgment__slot__isnull=False)
        .annotate(last=Max("judgment__revisions__number"))
        .filter(number=F("last"))
        .select_related("response", "judgment")
        .order_by("judgment__slot")
    )
    return [
        Vote(
            choice=revision.choice,
            strength=revision.strength,
            simulated=revision.judgment.simulated,
            response=revision.response,
        )
        for revision in revisions
    ]


def project_decision(item: Item) -> Decision | None:
    """Write what the votes add up to now; None while nothing counts."""
    votes = latest_votes(item)
    if item.kind == "pair":
        pair = Pair.objects.select_related("response_a", "response_b").get(item=item)
        outcome = decide_pair(votes, a=pair.response_a, b=pair.response_b)
    else:
        repair = Repair.objects.select_related("response").get(item=item)
        outcome = decide_repair(votes, original=repair.response)
    if outcome is None:
        return None
    decision, _ = Decision.objects.update_or_create(
        item=item,
        defaults={
            "project_id": item.project_id,
            "outcome": outcome.outcome,
            "strength": outcome.strength,
            "votes": outcome.votes,
            "counted": outcome.counted,
            "simulated": outcome.simulated,
            "response": outcome.response,
        },
    )
    return decision
