"""Compare contents with the project's current quarantine and keep the proof: what a snapshot row must name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import Project
from core.privacy import redact
from core.text import TokenHasher
from curation.containment import MATCHER, ContainmentIndex, Item, Settings
from curation.excerpts import Segment
from curation.ingest.redaction import redactor_for
from curation.models import Asset, AssetVersion, QuarantineItem, Screening
from curation.models.assets import AssetKind
from curation.screening import Verdict, screen

NAME = "quarantine"


@dataclass(frozen=True, slots=True)
class Content:
    """What is screened, under the keyed hash that a row or a version names it by."""

    content_hash: str
    texts: Sequence[str]
    version_id: uuid.UUID | None = None


def current_quarantine(project: Project) -> AssetVersion:
    """The version every screening is made against; a project without one gets an empty first version."""
    asset = Asset.objects.select_related("current").filter(project=project, kind=AssetKind.QUARANTINE).first()
    if asset is not None and asset.current is not None:
        return asset.current
    with transaction.atomic():
        asset, _ = Asset.objects.get_or_create(project=project, kind=AssetKind.QUARANTINE, name=NAME)
        asset = Asset.objects.select_for_update().get(pk=asset.pk)
        if asset.current_id is None:
            body = {"matcher": MATCHER, "settings": Settings().as_data(), "sets": {}}
            asset.current = AssetVersion.objects.create(
                project=project, asset=asset, number=1, sha256="0" * 64, body=body, note="empty"
            )
            asset.save(update_fields=["current"])
    return AssetVersion.objects.get(asset=asset, number=1) if asset.current is None else asset.current


def quarantine_index(version: AssetVersion) -> ContainmentIndex:
    """The searchable form of a quarantine version, built once per process and version of the redaction rules."""
    return _index(version.pk, version.project_id, redactor_for(version.project_id).rules_id)


@lru_cache(maxsize=4)
def _index(version_id: int, project_id: uuid.UUID, rules_id: int) -> ContainmentIndex:
    body = AssetVersion.objects.values_list("body", flat=True).get(pk=version_id)
    known = body["settings"] if body.get("matcher") == MATCHER else {}
    items = QuarantineItem.objects.filter(version_id=version_id).order_by("id").values_list("id", "text")
    return ContainmentIndex.build(_as_stored(items.iterator(), project_id), Settings(**known))


def _as_stored(items: Iterable[tuple[int, str]], project_id: uuid.UUID) -> Iterator[Item]:
    """Every item as it is, and as it would stand in a trace of this project: its names under their surrogates."""
    redactor = redactor_for(project_id)
    for key, text in items:
        yield Item(key, text)
        redacted = redact(text, keys=redactor.keys, rules=redactor.rules).value
        if redacted != text:
            yield Item(key, redacted)


def screen_contents(*, project: Project, contents: Sequence[Content]) -> dict[str, str]:
    """content hash → "clean" or "hit" against the current quarantine; what was screened before is not screened again."""
    quarantine = current_quarantine(project)
    hashes = [content.content_hash for content in contents]
    known = Screening.objects.filter(project=project, quarantine=quarantine, content_hash__in=hashes)
    verdicts: dict[str, str] = dict(known.values_list("content_hash", "verdict"))
    index, hasher = quarantine_index(quarantine), TokenHasher()
    fresh: list[tuple[str, uuid.UUID | None, Verdict]] = []
    for content in contents:
        if content.content_hash in verdicts:
            continue
        parts = [Segment(0, place, text) for place, text in enumerate(content.texts)]
        verdict = screen(parts, index, hasher)
        verdicts[content.content_hash] = "clean" if verdict.clean else "hit"
        fresh.append((content.content_hash, content.version_id, verdict))
    with transaction.atomic():
        store_screenings(project.pk, quarantine.pk, fresh)
    return verdicts


def store_screenings(
    project_id: uuid.UUID, quarantine_id: int, screened: Iterable[tuple[str, uuid.UUID | None, Verdict]]
) -> None:
    """Append verdicts of (content hash, version, verdict); one that is already on record stays as it is."""
    rows = [
        (
            content_hash,
            version_id,
            "clean" if verdict.clean else "hit",
            verdict.item_id,
            Jsonb(verdict.evidence),
        )
        for content_hash, version_id, verdict in screened
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_screening (project_id, quarantine_id, content_hash, version_id, verdict, item_id, evidence)
            SELECT %s, %s, * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::bigint[], %s::jsonb[])
            ON CONFLICT (project_id, content_hash, quarantine_id) DO NOTHING
            """,
            [project_id, quarantine_id, *map(list, zip(*rows, strict=True))],
        )
