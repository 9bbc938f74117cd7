"""Say how much of each stratum a project wants: the next version of its quotas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Project
from core import audit
from core.errors import Refused
from curation.actions.who import Who, allowed, person_of
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from curation.price_books import digest_of
from curation.quota_board import NAME, read_quotas

MOST_STRATA = 500
LONGEST_NOTE = 400


def set_quotas(*, who: Who, project: Project, data: Mapping[str, Any], note: str = "") -> AssetVersion:
    """Check and keep; refuses what means nothing. The same quotas again are no new version."""
    actor = allowed(who, "curation.manage", project)
    try:
        quotas = read_quotas(data)
    except (ValueError, OverflowError) as error:
        raise Refused("bad_quotas", str(error)) from error
    if len(quotas.weights) > MOST_STRATA:
        raise Refused("bad_quotas", f"weights: at most {MOST_STRATA} strata")
    body = {
        "total": quotas.total, "weights": dict(sorted(quotas.weights.items())), "seed": quotas.seed,
        "axes": list(quotas.axes), "fill": quotas.fill, "per_cluster": quotas.per_cluster, "per_template": quotas.per_template,
    }  # fmt: skip
    with transaction.atomic():
        Asset.objects.get_or_create(project=project, kind=AssetKind.QUOTAS, name=NAME)
        asset = Asset.objects.select_for_update().get(project=project, kind=AssetKind.QUOTAS, name=NAME)
        if asset.current is not None and asset.current.sha256 == digest_of(body):
            return asset.current
        last = asset.versions.order_by("-number").first()
        version = AssetVersion.objects.create(
            project=project, asset=asset, number=(last.number if last else 0) + 1, sha256=digest_of(body),
            body=body, note=note.strip()[:LONGEST_NOTE], created_by=person_of(who),
        )  # fmt: skip
        asset.current = version
        asset.save(update_fields=["current"])
        audit.record(actor=actor, verb="quotas.set", subject=version, project_id=project.pk, data=body)
    return version
