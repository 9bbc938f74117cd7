"""What a project wants of each stratum against what it has: counts by the axes of its quotas, and the draw itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count

from accounts.models import Project
from curation.models import Asset, AssetVersion, CurationState
from curation.models.assets import AssetKind
from curation.models.conversation import CurationStep
from curation.sampling import (
    SEPARATOR,
    USUAL_AXES,
    Candidate,
    Given,
    Quotas,
    Sample,
    allocate,
    ordered_axes,
    sample,
    stratum_name,
)

NAME = "quotas"
LARGEST = 10**15 - 1
"""Every reader of JSON keeps whole numbers of this size."""


@dataclass(frozen=True, slots=True)
class QuotaCell:
    """One stratum: how many are kept, and its line against the quota where one is set."""

    stratum: str
    kept: int
    against: Given | None


def kept_by_stratum(project: Project, axes: Sequence[str] = USUAL_AXES) -> dict[str, int]:
    """Kept conversations by stratum over these axes; one grouping query over the projection."""
    kept = CurationState.objects.filter(project=project, step=CurationStep.DONE, drop_reason="")
    counts = kept.values_list(*axes).annotate(n=Count("pk")).order_by(*axes)
    return {stratum_name(values): count for *values, count in counts}


def quota_version(project: Project) -> AssetVersion | None:
    """The quotas in force, None where nobody has set any."""
    asset = Asset.objects.filter(project=project, kind=AssetKind.QUOTAS, name=NAME).first()
    return asset.current if asset is not None else None


def quotas_of(version: AssetVersion) -> Quotas:
    """As the sampler takes them."""
    return read_quotas(version.body)


def read_quotas(data: Mapping[str, Any]) -> Quotas:
    """From JSON; raises ValueError naming what means nothing."""
    known = {"total", "weights", "axes", "seed", "fill", "per_cluster", "per_template"}
    if unknown := sorted(set(data) - known):
        raise ValueError(f"{', '.join(unknown)}: no part of quotas; there are {', '.join(sorted(known))}")
    weights = data.get("weights", {})
    if not isinstance(weights, Mapping):
        raise ValueError("weights: a number for each stratum")
    most = data.get("per_template")
    quotas = Quotas(
        _whole("total", data.get("total", 0)),
        {str(name): _weight(value) for name, value in weights.items()},
        seed=_whole("seed", data.get("seed", 0)),
        fill=bool(data.get("fill", False)),
        per_cluster=_whole("per_cluster", data.get("per_cluster", 1)),
        per_template=None if most is None else _whole("per_template", most),
        axes=ordered_axes(data.get("axes", USUAL_AXES)),
    )
    for name in quotas.weights:
        if name.count(SEPARATOR) != len(quotas.axes) - 1:
            raise ValueError(f"weights: {name!r} does not name {SEPARATOR.join(quotas.axes)}")
    return quotas


def board_cells(
    project: Project, quotas: Quotas | None = None, axes: Sequence[str] = USUAL_AXES
) -> list[QuotaCell]:
    """Every stratum that holds something or is asked for: over the axes of the quotas, or without any over `axes`.

    `against` knows no caps of clusters and templates, which the draw applies.
    """
    counts = kept_by_stratum(project, quotas.axes if quotas else axes)
    lines = {line.stratum: line for line in allocate(quotas, counts)} if quotas else {}
    return [QuotaCell(name, counts.get(name, 0), lines.get(name)) for name in sorted({*counts, *lines})]


def draw_sample(project: Project, quotas: Quotas) -> Sample:
    """The draw with all its caps, over what is kept; keys are version ids."""
    return sample(sampling_candidates(project, quotas.axes), quotas)


def sampling_candidates(project: Project, axes: Sequence[str]) -> list[Candidate]:
    """Everything that is kept, as the sampler sees it, in strata over these axes."""
    columns = ", ".join(f"s.{axis}" for axis in ordered_axes(axes))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.version_id::text, coalesce(k.representative_id, s.version_id)::text,
                   s.question_template, s.answer_template, {columns}
            FROM curation_curationstate s LEFT JOIN curation_cluster k ON k.id = s.cluster_id
            WHERE s.project_id = %s AND s.step = 'done' AND s.drop_reason = ''
            """,
            [project.pk],
        )
        return [
            Candidate(key, cluster, stratum_name(values), (question, answer))
            for key, cluster, question, answer, *values in cursor.fetchall()
        ]


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        raise ValueError(f"{name}: is a whole number of up to 15 digits")
    return value


def _weight(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise ValueError("weights: are numbers from 0 to 15 digits")
    return value
