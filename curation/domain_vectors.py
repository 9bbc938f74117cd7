"""The vectors of what users asked by which domains are given: embedded once, then kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from core import embedding
from core.vectors import pack, unpack
from curation.meaning import VIEW_TOKENS
from curation.models import DomainVector

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOPIC = "coalesce(nullif(v.topic, ''), nullif(v.prompt_preview, ''), '-')"
"""In SQL, of a version `v`: what a domain is given by."""


def model_name() -> str:
    """Names the vectors; those of two models are never compared."""
    identity = embedding.model_identity()
    return f"{identity.model_id}:{identity.sha256[:12]}:{identity.dtype}"


def topic_vectors(project_id: uuid.UUID, texts: Mapping[uuid.UUID, str]) -> NDArray[np.float32]:
    """A unit vector for what was asked in each of these versions, in their order; what is missing is embedded and kept."""
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
