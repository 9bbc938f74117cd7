"""Record pairs of identical answers as ties: said by nobody, asked of nobody, counted where models are compared."""

from collections.abc import Sequence

from ..models import AutomaticTie, Campaign, Item
from ..pair_sources import FoundPair
from .make_items import NewItem, fingerprint
from .responses import store_responses


def record_ties(campaign: Campaign, found: Sequence[FoundPair]) -> int:
    """How many are new. What stands in the queue already stays there. Call inside a transaction."""
    if not found:
        return 0
    sides = [sorted((one.a, one.b), key=lambda side: side.generator) for one in found]
    responses = store_responses(project_id=campaign.project_id, found=[one for both in sides for one in both])
    ties = {}
    for n, (one, (a, b)) in enumerate(zip(found, sides, strict=True)):
        first, second = responses[2 * n], responses[2 * n + 1]
        if first == second and a.generator == b.generator:
            continue
        mark = fingerprint(campaign.project_id, NewItem(one.asked.pk, (first, second), one.source, 0.0))
        ties[mark, a.generator, b.generator] = AutomaticTie(
            project_id=campaign.project_id,
            campaign=campaign,
            version=one.asked,
            response_a=first,
            response_b=second,
            generator_a=a.generator[:120],
            generator_b=b.generator[:120],
            source=one.source,
            fingerprint=mark,
        )
    asked = set(
        Item.objects.filter(campaign=campaign, fingerprint__in={mark for mark, *_ in ties}).values_list(
            "fingerprint", flat=True
        )
    )
    known = AutomaticTie.objects.filter(campaign=campaign)
    before = known.count()
    AutomaticTie.objects.bulk_create(
        [tie for tie in ties.values() if tie.fingerprint not in asked], ignore_conflicts=True
    )
    return known.count() - before
