"""The project's domains as a versioned asset: found in its first data, named, and kept until somebody finds them anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from accounts.models import Project, User
from core import audit, embedding
from core.actors import Actor, system
from curation import strata
from curation.domain_vectors import model_name
from curation.models import Asset, AssetVersion, LabelRevision
from curation.models.assets import AssetKind
from curation.strata import Taxonomy
from curation.taxonomy import PHRASES

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME = "domains"
PHRASE_TOKENS = 40


def current_taxonomy(project: Project) -> tuple[AssetVersion, Taxonomy] | None:
    """The version in force, or None while no domains were found or the vectors are another model's."""
    asset = (
        Asset.objects.select_related("current")
        .filter(project=project, kind=AssetKind.TAXONOMY, name=NAME)
        .first()
    )
    if asset is None or asset.current is None:
        return None
    taxonomy = Taxonomy.from_data(asset.current.body)
    return (asset.current, taxonomy) if taxonomy.model == model_name() else None


def fit_taxonomy(
    *, project: Project, texts: Sequence[str], vectors: NDArray[np.float32], actor: Actor | None = None
) -> tuple[AssetVersion, Taxonomy]:
    """Find domains among these short views and make them the project's taxonomy; the same data gives the same domains."""
    count = strata.domain_count(len(texts))
    centres, nearest = strata.centroids(vectors, count)
    words = strata.telling_words(texts, nearest, len(centres))
    flat = embedding.encode(
        [text for phrases in PHRASES.values() for text in phrases], max_tokens=PHRASE_TOKENS
    )
    ends = np.cumsum([len(phrases) for phrases in PHRASES.values()])[:-1]
    by_name = dict(zip(PHRASES, np.split(flat, ends), strict=True))
    members = [vectors[nearest == place] for place in range(len(centres))]
    names = strata.name_centroids(centres, words, PHRASES, by_name, members)
    taxonomy = Taxonomy(tuple(names), centres, model_name())
    about = {"found_in": len(texts)}
    return publish_taxonomy(project, taxonomy, actor or system("curation"), about=about), taxonomy


def taxonomy_version(project: Project) -> AssetVersion | None:
    """The version in force whatever model its vectors are of, or None while no domains were found."""
    asset = Asset.objects.filter(project=project, kind=AssetKind.TAXONOMY, name=NAME).first()
    return asset.current if asset is not None else None


def shaped_by_people(version: AssetVersion) -> bool:
    """Whether somebody edited the domains or labelled by them: then they are not found anew over that person's work."""
    edited = AssetVersion.objects.filter(asset=version.asset_id, created_by__isnull=False)
    labelled = LabelRevision.objects.filter(project=version.project_id, axis="domain", author__isnull=False)
    return edited.exists() or labelled.exists()


def publish_taxonomy(
    project: Project,
    taxonomy: Taxonomy,
    actor: Actor,
    *,
    person: User | None = None,
    note: str = "",
    about: Mapping[str, Any],
) -> AssetVersion:
    """Make it the version in force; `about` says how it came to be and stands in its body beside it."""
    body = {**taxonomy.as_data(), **about}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        asset, _ = Asset.objects.get_or_create(project=project, kind=AssetKind.TAXONOMY, name=NAME)
        asset = Asset.objects.select_for_update().get(pk=asset.pk)
        number = (asset.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        version = AssetVersion.objects.create(
            project=project,
            asset=asset,
            number=number,
            sha256=digest,
            body=body,
            note=note or ", ".join(taxonomy.domains),
            created_by=person,
        )
        asset.current = version
        asset.save(update_fields=["current"])
        audit.record(
            actor=actor, verb="taxonomy.publish", subject=version, project_id=project.pk,
            data={"number": number, "domains": taxonomy.domains},
        )  # fmt: skip
    return version
