"""A project's choice of what its validators do: a versioned asset, cautious until a lead makes another."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import Project
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from curation.price_books import digest_of
from curation.steps import Reading
from curation.validators.policy import CAUTIOUS, Effect, Policy, read_policy

NAME = "validators"
NOTE = "Everything that is found is marked, nothing left out for it."


@dataclass(frozen=True, slots=True)
class Checks:
    """The choice in force and the version that names it."""

    version_id: int
    number: int
    policy: Policy


def project_checks(project: Project) -> Checks:
    """What holds now; at first use the cautious choice becomes the project's first version."""
    asset = Asset.objects.filter(project=project, kind=AssetKind.VALIDATORS).first()
    if asset is None or asset.current_id is None:
        asset = _first(project)
    return _checks(asset.current_id or 0)


def store_flags(project_id: uuid.UUID, checks: Checks, readings: Sequence[Reading]) -> None:
    """Keep what marks without leaving out, once per choice."""
    flags = [
        (reading.version_id, found)
        for reading in readings
        for found in reading.findings
        if found.effect is Effect.FLAG
    ]
    if not flags:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_flag (project_id, policy_id, version_id, validator, detail)"
            " SELECT %s, %s, * FROM unnest(%s::uuid[], %s::text[], %s::jsonb[])"
            " ON CONFLICT (version_id, validator, policy_id) DO NOTHING",
            [
                project_id,
                checks.version_id,
                [version_id for version_id, _ in flags],
                [found.validator for _, found in flags],
                [Jsonb(found.as_data()) for _, found in flags],
            ],
        )


def _first(project: Project) -> Asset:
    body: dict[str, Any] = {"effects": CAUTIOUS.as_data()}
    with transaction.atomic():
        Asset.objects.get_or_create(project=project, kind=AssetKind.VALIDATORS, name=NAME)
        asset = Asset.objects.select_for_update().get(project=project, kind=AssetKind.VALIDATORS, name=NAME)
        if asset.current_id is None:
            asset.current = AssetVersion.objects.create(
                project=project, asset=asset, number=1, sha256=digest_of(body), body=body, note=NOTE
            )
            asset.save(update_fields=["current"])
    return asset


@lru_cache(maxsize=64)
def _checks(version_id: int) -> Checks:
    version = AssetVersion.objects.get(pk=version_id)
    return Checks(version.pk, version.number, read_policy(version.body["effects"]))
