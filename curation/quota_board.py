"""What a project wants of each stratum against what it has: counts by domain × difficulty, and the draw itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count

from accounts.models import Project
from curation.models import Asset, AssetVersion, CurationState
from curation.models.assets import AssetKind
from curation.models.conversation import CurationStep
from curation.sampling import Candidate, Given, Quotas, Sample, allocate, sample, stratum_name

NAME = "quotas"
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class QuotaCell:
    """One cell of the heat map: how many are kept, and its line against the quota where one is set."""

    domain: str
    difficulty: str
    kept: int
    against: Given | None


def kept_by_cell(project: Project) -> dict[Cell, int]:
    """Kept conversations by (domain, difficulty); one grouping query over the projection."""
    kept = CurationState.objects.filter(project=project, step=CurationStep.DONE, drop_reason="")
    counts = kept.values_list("domain", "difficulty").annotate(n=Count("pk")).order_by("domain", "difficulty")
    return {(domain, difficulty): count for domain, difficulty, count in counts}


def quota_version(project: Project) -> AssetVersion | None:
    """The quotas in force, None where nobody has set any."""
    asset = Asset.objects.filter(project=project, kind=AssetKind.QUOTAS, name=NAME).first()
    return asset.current if asset is not None else None


def quotas_of(version: AssetVersion) -> Quotas:
    """As the sampler takes them."""
    return read_quotas(version.body)


def read_quotas(data: Mapping[str, Any]) -> Quotas:
    """From JSON; raises ValueError naming what means nothing."""
    known = {"total", "weights", "seed", "fill", "per_cluster", "per_template"}
    if unknown := sorted(set(data) - known):
        raise ValueError(f"{', '.join(unknown)}: no part of quotas; there are {', '.join(sorted(known))}")
    weights = data.get("weights", {})
    if not isinstance(weights, Mapping):
        raise ValueError("weights: a number for each stratum")
    most = data.get("per_template")
    return Quotas(
        _whole("total", data.get("total", 0)),
        {str(name): _weight(value) for name, value in weights.items()},
        seed=_whole("seed", data.get("seed", 0)),
        fill=bool(data.get("fill", False)),
        per_cluster=_whole("per_cluster", data.get("per_cluster", 1)),
        per_template=None if most is None else _whole("per_template", most),
    )


def board_cells(project: Project, quotas: Quotas | None = None) -> list[QuotaCell]:
    """Every cell that holds something or is asked for; `against` without caps of clusters and templates, which the draw applies."""
    counts = kept_by_cell(project)
    lines: dict[str, Given] = {}
    if quotas is not None:
        there = {stratum_name(cell): count for cell, count in counts.items()}
        lines = {line.stratum: line for line in allocate(quotas, there)}
    cells = {stratum_name(cell): cell for cell in counts}
    for name in lines:
        domain, _, difficulty = name.partition(" × ")
        cells.setdefault(name, (domain, difficulty))
    return [QuotaCell(*cells[name], counts.get(cells[name], 0), lines.get(name)) for name in sorted(cells)]


def draw_sample(project: Project, quotas: Quotas) -> Sample:
    """The draw with all its caps, over what is kept; keys are version ids."""
    return sample(sampling_candidates(project), quotas)


def sampling_candidates(project: Project) -> list[Candidate]:
    """Everything that is kept, as the sampler sees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.version_id::text, coalesce(k.representative_id, s.version_id)::text, s.domain, s.difficulty,
                   s.question_template, s.answer_template
            FROM curation_curationstate s LEFT JOIN curation_cluster k ON k.id = s.cluster_id
            WHERE s.project_id = %s AND s.step = 'done' AND s.drop_reason = ''
            """,
            [project.pk],
        )
        return [
            Candidate(key, cluster, stratum_name((domain, difficulty)), (question, answer))
            for key, cluster, domain, difficulty, question, answer in cursor.fetchall()
        ]


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name}: is a whole number")
    return value


def _weight(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < float("inf"):
        raise ValueError("weights: are numbers that are not negative")
    return value
