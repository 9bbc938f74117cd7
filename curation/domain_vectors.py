"""The vectors of questions by which domains are given: embedded once, then kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from core import embedding
from core.vectors import pack, unpack
from curation.models import DomainVector

if TYPE_CHECKING:
    from numpy.typing import NDArray

VIEW_TOKENS = 32


def model_name() -> str:
    """Names the vectors; those of two models are never compared."""
    identity = embedding.model_identity()
    return f"{identity.model_id}:{identity.sha256[:12]}:{identity.dtype}"


def question_vectors(project_id: uuid.UUID, texts: Mapping[uuid.UUID, str]) -> NDArray[np.float32]:
    """A unit vector for each of these versions' questions, in their order; what is missing is embedded and kept."""
    model = model_name()
    kept = dict(
        DomainVector.objects.filter(version__in=texts, model=model).values_list("version_id", "vector")
    )
    missing = [key for key in texts if key not in kept]
    if missing:
        fresh = pack(embedding.encode([texts[key] for key in missing], max_tokens=VIEW_TOKENS))
        rows = [
            DomainVector(version_id=key, project_id=project_id, model=model, vector=vector)
            for key, vector in zip(missing, fresh, strict=True)
        ]
        DomainVector.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["version"], update_fields=["model", "vector"]
        )
        kept |= dict(zip(missing, fresh, strict=True))
    return unpack([bytes(kept[key]) for key in texts], embedding.DIMENSIONS)
