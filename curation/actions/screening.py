"""Compare contents with the project's current quarantine and keep the proof: what a snapshot row must name.

A content that was screened before by the same engine is compared with the newer items only: every rule looks at one item
alone, so the findings of both together are those of the whole (`curation.containment`).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import Project
from core.privacy import redact
from core.text import TokenHasher
from curation.containment import ANSWER, MATCHER, PROMPT, ContainmentIndex, Item, Settings
from curation.excerpts import Segment
from curation.ingest.redaction import redactor_for
from curation.models import Asset, AssetVersion, HitRuling, QuarantineItem, Ruled, Screening, ScreeningHit
from curation.models.assets import AssetKind
from curation.screening import Finding, Verdict, screen

NAME = "quarantine"


@dataclass(frozen=True, slots=True)
class Content:
    """What is screened, under the keyed hash that a row or a version names it by."""

    content_hash: str
    texts: Sequence[str]
    version_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """An earlier screening of a content: where to go on from."""

    id: int
    number: int
    findings: tuple[Finding, ...]


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


def engine_of(version: AssetVersion) -> str:
    """Names what decides a verdict besides the items: matcher, thresholds, and the rules that hide names in traffic."""
    said = [MATCHER, _settings(version).as_data(), redactor_for(version.project_id).rules_id]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _settings(version: AssetVersion) -> Settings:
    """The thresholds of the version, or today's where it was made for another matcher."""
    return Settings(**version.body["settings"]) if version.body.get("matcher") == MATCHER else Settings()


def quarantine_index(version: AssetVersion, after: int = 0) -> ContainmentIndex:
    """The searchable form of what a version holds beyond version number `after`, built once per process."""
    return _index(version.pk, after, redactor_for(version.project_id).rules_id)


@lru_cache(maxsize=8)
def _index(version_id: int, after: int, rules_id: int) -> ContainmentIndex:
    version = AssetVersion.objects.get(pk=version_id)
    return ContainmentIndex.build(_as_stored(version, after), _settings(version))


def _as_stored(version: AssetVersion, after: int) -> Iterator[Item]:
    """Every text as it is, and as it would stand in a trace of this project: its names under their surrogates."""
    redactor = redactor_for(version.project_id)
    items = QuarantineItem.objects.of(version).order_by("version__number", "id")
    for key, text, answer, number in items.values_list("id", "text", "answer", "version__number").iterator():
        for kind, said in ((PROMPT, text), (ANSWER, answer)):
            if said:
                yield Item(key, said, kind, number, number <= after)
                redacted = redact(said, keys=redactor.keys, rules=redactor.rules).value
                if redacted != said:
                    yield Item(key, redacted, kind, number, number <= after)


class Screener:
    """Verdicts on the contents of one batch against one quarantine version."""

    def __init__(self, quarantine: AssetVersion, hashes: Sequence[str]) -> None:
        """Reads what earlier screenings and people said about these contents."""
        self.quarantine = quarantine
        self.engine = engine_of(quarantine)
        self._bases = _bases(quarantine, self.engine, hashes)
        self._cleared = _cleared(quarantine.project_id, hashes)
        self._hasher = TokenHasher()

    def look(self, content_hash: str, parts: Sequence[Segment]) -> Verdict:
        """What stands in this content; what people cleared is named and counts as clean. Screened before, it is not compared again."""
        base = self._bases.get(content_hash)
        if base and base.number == self.quarantine.number:
            return Verdict(base.findings, self._cleared[content_hash], None)
        found = screen(parts, quarantine_index(self.quarantine, base.number if base else 0), self._hasher)
        known = base.findings if base else ()
        named = {one.item_id for one in known}
        findings = sorted(
            [*known, *(one for one in found.findings if one.item_id not in named)], key=lambda one: -one.score
        )
        return Verdict(tuple(findings), self._cleared[content_hash], base.id if base else None)


def _bases(quarantine: AssetVersion, engine: str, hashes: Sequence[str]) -> dict[str, Base]:
    """The newest screening of each content by this engine, against this version or an earlier one, with its findings."""
    earlier = (
        Screening.objects.filter(project=quarantine.project_id, content_hash__in=hashes, engine=engine)
        .filter(quarantine__number__lte=quarantine.number)
        .order_by("content_hash", "-quarantine__number")
        .distinct("content_hash")
        .values_list("id", "content_hash", "quarantine__number")
    )
    rows = list(earlier)
    findings: dict[int, list[Finding]] = defaultdict(list)
    for hit in ScreeningHit.objects.filter(screening__in=[key for key, _, _ in rows]).order_by("-score"):
        findings[hit.screening_id].append(Finding(hit.item_id, hit.method, hit.score, hit.evidence))
    return {content: Base(key, number, tuple(findings[key])) for key, content, number in rows}


def _cleared(project_id: uuid.UUID, hashes: Sequence[str]) -> Mapping[str, frozenset[int]]:
    """By content, the items that people cleared in it."""
    latest = (
        HitRuling.objects.filter(project=project_id, content_hash__in=hashes)
        .order_by("content_hash", "item_id", "-id")
        .distinct("content_hash", "item_id")
    )
    cleared: dict[str, frozenset[int]] = defaultdict(frozenset)
    for one in latest:
        if one.decision == Ruled.CLEARED and not one.waits:
            cleared[one.content_hash] |= {one.item_id}
    return cleared


def screen_contents(*, project: Project, contents: Sequence[Content]) -> dict[str, str]:
    """content hash → "clean" or "hit" against the current quarantine; what was screened before is not screened again."""
    quarantine = current_quarantine(project)
    hashes = [content.content_hash for content in contents]
    known = Screening.objects.filter(project=project, quarantine=quarantine, content_hash__in=hashes)
    verdicts: dict[str, str] = dict(known.values_list("content_hash", "verdict"))
    fresh = [content for content in contents if content.content_hash not in verdicts]
    screener = Screener(quarantine, [content.content_hash for content in fresh])
    screened: list[tuple[str, uuid.UUID | None, Verdict]] = []
    for content in fresh:
        parts = [Segment(0, place, text) for place, text in enumerate(content.texts)]
        verdict = screener.look(content.content_hash, parts)
        verdicts[content.content_hash] = "clean" if verdict.clean else "hit"
        screened.append((content.content_hash, content.version_id, verdict))
    with transaction.atomic():
        store_screenings(screener, screened)
    return verdicts


def store_screenings(screener: Screener, screened: Iterable[tuple[str, uuid.UUID | None, Verdict]]) -> None:
    """Append verdicts of (content hash, version, verdict) with their hits; one already on record stays as it is.

    Call it in a transaction. The quarantine is held shared until its end, so that no ruling comes in between.
    """
    verdicts = {content: (version, verdict) for content, version, verdict in screened}
    if not verdicts:
        return
    quarantine = screener.quarantine
    rows = [
        (
            content,
            version,
            "clean" if verdict.clean else "hit",
            verdict.item_id,
            Jsonb(verdict.evidence),
            verdict.base,
        )
        for content, (version, verdict) in sorted(verdicts.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM curation_asset WHERE id = %s FOR SHARE", [quarantine.asset_id])
        cursor.execute(
            """
            INSERT INTO curation_screening
                (project_id, quarantine_id, engine, content_hash, version_id, verdict, item_id, evidence, base_id)
            SELECT %s, %s, %s, * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::bigint[], %s::jsonb[], %s::bigint[])
            ON CONFLICT (project_id, content_hash, quarantine_id) DO NOTHING
            RETURNING id, content_hash
            """,
            [quarantine.project_id, quarantine.pk, screener.engine, *map(list, zip(*rows, strict=True))],
        )
        written = cursor.fetchall()
    hits = [
        ScreeningHit(
            screening_id=key, item_id=one.item_id, method=one.method, score=one.score, evidence=one.evidence
        )
        for key, content in written
        for one in verdicts[content][1].findings
    ]
    ScreeningHit.objects.bulk_create(hits, batch_size=2000)
    _settle(sorted({hit.screening_id for hit in hits}))


def _settle(screenings: Sequence[int]) -> None:
    """Where a person ruled since the verdict was reached, the ruling holds."""
    if screenings:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE curation_screening SET verdict = curation_verdict_of(id)"
                " WHERE id = ANY(%s) AND verdict <> curation_verdict_of(id)",
                [list(screenings)],
            )
