"""Where medium and hard begin in a project: by its calibration where there is one, else by the documented weights."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache

from curation.calibration import DOCUMENTED, Cutoffs
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind

NAME = "difficulty"
FEATURES = "features-1"


@dataclass(frozen=True, slots=True)
class Levels:
    """The cutoffs in force and what a label names as its source."""

    cutoffs: Cutoffs
    source: str


def project_levels(project_id: uuid.UUID) -> Levels:
    """What holds now."""
    current = (
        Asset.objects.filter(project_id=project_id, kind=AssetKind.DIFFICULTY, name=NAME)
        .values_list("current_id", flat=True)
        .first()
    )
    return _levels(current) if current else Levels(DOCUMENTED, FEATURES)


def calibration_version(project_id: uuid.UUID) -> AssetVersion | None:
    """The last calibration, whether it calibrates or says why not."""
    asset = Asset.objects.filter(project_id=project_id, kind=AssetKind.DIFFICULTY, name=NAME).first()
    return asset.current if asset is not None else None


@lru_cache(maxsize=64)
def _levels(version_id: int) -> Levels:
    version = AssetVersion.objects.get(pk=version_id)
    if not version.body["calibrated"]:
        return Levels(DOCUMENTED, FEATURES)
    medium, hard = version.body["medium_from"], version.body["hard_from"]
    never = float("inf")
    return Levels(
        Cutoffs(never if medium is None else medium, never if hard is None else hard),
        f"difficulty v{version.number}",
    )
