"""What annotation counts of conversation versions for the apps below it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from core.registry import registry
from curation.dedup.keep import ANNOTATORS

from .models import ItemRole, Pair, Repair


def annotators_of(project_id: UUID, versions: Collection[UUID]) -> Mapping[UUID, float]:
    """How many different people judged an answer of each version, in pairs or repairs; simulated ones do not count."""
    seen: dict[UUID, set[UUID]] = defaultdict(set)
    shown = [(Pair, "response_a"), (Pair, "response_b"), (Repair, "response")]
    for model, side in shown:
        judged = model._default_manager.filter(
            **{f"{side}__version__in": versions},
            item__project=project_id,
            item__role=ItemRole.WORK,
            item__judgments__isnull=False,
            item__judgments__simulated=False,
        )
        for version, person in judged.values_list(f"{side}__version", "item__judgments__profile"):
            seen[version].add(person)
    return {version: float(len(people)) for version, people in seen.items()}


registry.add_count(ANNOTATORS, annotators_of)
