"""The domains of a project with their sizes and a few of what lies in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Project
from curation.models import AssetVersion, CurationState
from curation.models.conversation import CurationStep
from curation.strata import OTHER, UNASSIGNED, Taxonomy

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class DomainRow:
    """One domain: how many kept conversations, a few that were given it most surely, and whether it can be edited."""

    name: str
    count: int
    examples: Sequence[CurationState]
    editable: bool


def domain_rows(project: Project, version: AssetVersion | None) -> list[DomainRow]:
    """The largest first; a domain of the taxonomy without a conversation is there too."""
    kept = CurationState.objects.filter(project=project, step=CurationStep.DONE, drop_reason="")
    counts = dict(kept.values_list("domain").annotate(count=Count("pk")))
    known = set(Taxonomy.from_data(version.body).domains) if version else set()
    names = sorted({*known, *counts}, key=lambda name: (-counts.get(name, 0), name))
    return [
        DomainRow(
            name,
            counts.get(name, 0),
            list(
                kept.filter(domain=name, is_representative=True)
                .select_related("version")
                .order_by("-domain_confidence", "version_id")[:EXAMPLES]
            )
            if name
            else [],
            name in known and name not in (OTHER, UNASSIGNED),
        )
        for name in names
    ]
