"""What people said of semantic suggestions, and the threshold they set."""

from __future__ import annotations

import uuid

from django.db.models import BooleanField, OuterRef, QuerySet, Subquery

from accounts.models import Project
from curation.models import SemanticDecision, SemanticPair, SemanticThreshold

DEFAULT_THRESHOLD = 0.92
"""Until a lead set one: paraphrases of short questions lie above it, other questions of one topic mostly below."""


def threshold_of(project: Project) -> SemanticThreshold | None:
    """The threshold in force; None until somebody set one."""
    return SemanticThreshold.objects.filter(project=project).order_by("-number").first()


def with_decision(pairs: QuerySet[SemanticPair]) -> QuerySet[SemanticPair]:
    """Adds `accepted`: True, False, or None while nobody has decided."""
    last = SemanticDecision.objects.filter(pair=OuterRef("pk")).order_by("-number")
    return pairs.annotate(
        accepted=Subquery(last.values("accepted")[:1], output_field=BooleanField(null=True))
    )


def accepted_pairs(project: Project) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The conversations that people said are the same, each in its current version."""
    decided = SemanticPair.objects.filter(project=project, decisions__isnull=False).distinct()
    held = with_decision(decided).filter(accepted=True)  # type: ignore[misc]
    return list(held.values_list("low__trace__current_id", "high__trace__current_id"))
