"""Keep the item's Decision in step with its counted judgments and what was decided over them; called under the item's lock."""

from dataclasses import replace
from uuid import UUID

from django.db.models import F, Max
from django.utils import timezone

from ..decisions import Outcome, Vote, decide_pair, decide_repair
from ..models import Adjudication, Decision, Item, JudgmentRevision, Pair, Repair

PROJECTED = ["outcome", "strength", "votes", "counted", "simulated", "response", "adjudication", "decided_at"]


def latest_votes(item: Item) -> list[Vote[UUID]]:
    """The latest revision of every counted judgment, oldest slot first; responses by id."""
    rows = (
        JudgmentRevision.objects.filter(judgment__item=item, judgment__slot__isnull=False)
        .annotate(last=Max("judgment__revisions__number"))
        .filter(number=F("last"))
        .order_by("judgment__slot")
        .values_list("choice", "strength", "judgment__simulated", "response_id")
    )
    return [Vote(*row) for row in rows]


def project_decision(item: Item) -> Outcome[UUID] | None:
    """Write what the votes add up to now, or what a person decided over them, and say it; nothing while none counts."""
    outcome = _outcome(item, latest_votes(item))
    if outcome is None:
        return None
    decided = item.adjudications.order_by("-number").first()
    if decided is not None:
        outcome = _decided_over(outcome, decided)
    row = Decision(
        item=item,
        project_id=item.project_id,
        outcome=outcome.outcome,
        strength=outcome.strength,
        votes=outcome.votes,
        counted=outcome.counted,
        simulated=outcome.simulated,
        response_id=outcome.response,
        adjudication=decided,
        decided_at=timezone.now(),
    )
    Decision.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["item"], update_fields=PROJECTED
    )
    return outcome


def _outcome(item: Item, votes: list[Vote[UUID]]) -> Outcome[UUID] | None:
    if item.kind == "pair":
        a, b = Pair.objects.values_list("response_a_id", "response_b_id").get(item=item)
        return decide_pair(votes, a=a, b=b)
    return decide_repair(votes, original=Repair.objects.values_list("response_id", flat=True).get(item=item))


def _decided_over(outcome: Outcome[UUID], decided: Adjudication) -> Outcome[UUID]:
    """The adjudicated outcome in place of the votes' own; how they were given stays beside it."""
    whole = 1.0 if decided.response_id and not decided.strength else 0.0
    return replace(
        outcome,
        outcome=decided.outcome,
        strength=decided.strength or whole,
        response=decided.response_id,
    )
