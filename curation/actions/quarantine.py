"""Publish a new quarantine version: the present items and the new ones. Every earlier screening becomes stale with it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.actors import Actor
from core.errors import NotFound, Refused
from curation.actions.screening import current_quarantine
from curation.containment import MATCHER, Settings
from curation.models import Asset, AssetVersion, QuarantineItem

TEXT_FIELDS = ("text", "question", "prompt")
ID_FIELDS = ("id", "external_id", "key", "row_id")
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """One prompt or task under its name in its set."""

    set_name: str
    external_id: str
    text: str


def read_quarantine_file(path: Path, set_name: str | None = None) -> Iterator[QuarantineEntry]:
    """Entries of a JSONL file with a text, question or prompt per line; raises NotFound or Refused with the line."""
    try:
        stream = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise NotFound("file_unreadable", f"{path.name} cannot be read: {error.strerror}.") from error
    with stream:
        yield from read_quarantine_lines(stream, set_name or path.stem, path.name)


def read_quarantine_lines(lines: Iterable[str], set_name: str, file: str) -> Iterator[QuarantineEntry]:
    """As `read_quarantine_file`, for lines already at hand."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _entry(line, number, set_name, file)


def _entry(line: str, number: int, set_name: str, file: str) -> QuarantineEntry:
    try:
        row = json.loads(line)
        text = next(
            row[field] for field in TEXT_FIELDS if isinstance(row.get(field), str) and row[field].strip()
        )
    except (ValueError, StopIteration, AttributeError) as error:
        raise Refused(
            "quarantine_line_unreadable",
            f"Line {number} of {file} holds no item.",
            hint=f"Each line is a JSON object with one of {', '.join(TEXT_FIELDS)}.",
        ) from error
    key = next((str(row[field]) for field in ID_FIELDS if row.get(field) not in (None, "")), str(number))
    return QuarantineEntry(set_name, key, text)


def publish_quarantine(
    *, who: User | ApiToken | Actor, project: Project, items: Iterable[QuarantineEntry], note: str = ""
) -> AssetVersion:
    """The new current version. An item that is there already under its set and id is kept as it was.

    Returns the present version unchanged when nothing is new.
    """
    if not isinstance(who, Actor):
        require(who, "curation.manage", project)
    fresh = {
        (one.set_name[:80], one.external_id[:128]): one.text.replace("\0", "")[:LONGEST] for one in items
    }
    with transaction.atomic():
        before = current_quarantine(project)
        asset = Asset.objects.select_for_update().get(pk=before.asset_id)
        before = asset.versions.get(pk=asset.current_id or before.pk)
        present = {
            (set_name, key): text
            for set_name, key, text in before.quarantine_items.values_list("set_name", "external_id", "text")
        }
        if fresh.keys() <= present.keys():
            return before
        version = _write(project, asset, before, fresh | present, note)
        audit.record(
            actor=who if isinstance(who, Actor) else who.actor, verb="quarantine.publish", subject=version,
            project_id=project.pk, data={"number": version.number, "added": len(fresh.keys() - present.keys())},
        )  # fmt: skip
        audit.emit(
            subject=asset, name="quarantine.published", project_id=project.pk, data={"number": version.number}
        )
    return version


def _write(
    project: Project, asset: Asset, before: AssetVersion, items: dict[tuple[str, str], str], note: str
) -> AssetVersion:
    ordered = sorted(items.items())
    digest = hashlib.sha256(
        json.dumps(ordered, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()
    sets = Counter(set_name for (set_name, _), _ in ordered)
    version = AssetVersion.objects.create(
        project=project, asset=asset, number=before.number + 1, sha256=digest, note=note,
        body={"matcher": MATCHER, "settings": Settings().as_data(), "sets": dict(sets)},
    )  # fmt: skip
    QuarantineItem.objects.bulk_create(
        [QuarantineItem(project=project, version=version, set_name=name, external_id=key, text=text)
         for (name, key), text in ordered],
        batch_size=1000,
    )  # fmt: skip
    asset.current = version
    asset.save(update_fields=["current"])
    return version
