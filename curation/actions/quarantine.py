"""Publish a new quarantine version: the present items and the new ones. Every earlier screening becomes stale with it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.actors import Actor
from core.errors import NotFound, Refused
from curation.actions.screening import current_quarantine
from curation.containment import MATCHER, Settings
from curation.held_out_files import LONGEST, LONGEST_ID, QuarantineEntry, form_of, read_rows
from curation.models import Asset, AssetVersion, QuarantineItem, QuarantineSet, SetRole

LONGEST_NAME = 80
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class SetFacts:
    """Why a set is held out and where it comes from; written when the set gets its first items."""

    role: str = SetRole.HELD_OUT
    licence: str = ""
    source: str = ""


NO_FACTS = SetFacts()


def read_quarantine_file(path: Path, set_name: str | None = None) -> list[QuarantineEntry]:
    """Entries of a JSONL, CSV or text file; raises NotFound, or Refused with every row that cannot be used."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise NotFound("file_unreadable", f"{path.name} cannot be read: {error.strerror}.") from error
    return read_quarantine_text(text, set_name or path.stem, form_of(path.name))


def read_quarantine_text(text: str, set_name: str, form: str) -> list[QuarantineEntry]:
    """As `read_quarantine_file`, for a text at hand in the form `jsonl`, `csv` or `text`."""
    rows = read_rows(text.removeprefix("\ufeff"), set_name, form)
    if rows.errors:
        named = "; ".join(_("row %d %s") % one for one in rows.errors[:MOST_NAMED])
        raise Refused(
            "quarantine_rows_unusable",
            _("%(count)d rows cannot be used, and nothing was added: %(rows)s.")
            % {"count": len(rows.errors), "rows": named},
            rows=[{"row": row, "error": error} for row, error in rows.errors[:1000]],
        )
    if not rows.entries:
        raise Refused("nothing_to_add", _("There is no item in it."))
    return rows.entries


def publish_quarantine(
    *, who: User | ApiToken | Actor, project: Project, items: Iterable[QuarantineEntry], note: str = "",
    facts: SetFacts = NO_FACTS,
) -> AssetVersion:  # fmt: skip
    """The new current version. An item that is there already under its set and id is kept as it was.

    Returns the present version unchanged when nothing is new.
    """
    if not isinstance(who, Actor):
        require(who, "curation.manage", project)
    actor = who if isinstance(who, Actor) else who.actor
    if facts.role not in SetRole.values:
        raise Refused("set_role_unknown", _("The role of a set is one of: %s.") % ", ".join(SetRole.values))
    given = {(one.set_name[:LONGEST_NAME], one.external_id[:LONGEST_ID]): one for one in items}
    with transaction.atomic():
        before = _locked(project)
        present = set(QuarantineItem.objects.of(before).values_list("set_name", "external_id"))
        fresh = {key: one for key, one in given.items() if key not in present}
        if not fresh:
            return before
        _name_sets(project, {name for name, _key in fresh}, facts, actor)
        version = _next(before, fresh, note)
        audit.record(
            actor=actor, verb="quarantine.publish", subject=version, project_id=project.pk,
            data={"number": version.number, "added": len(fresh)},
        )  # fmt: skip
        audit.emit(
            subject=version.asset, name="quarantine.published", project_id=project.pk, data={"number": version.number}
        )
    return version


def renew_matcher(project: Project) -> AssetVersion:
    """Where another matcher screened until now, a version with the same items makes everything be screened by today's."""
    current = current_quarantine(project)
    if current.body.get("matcher") == MATCHER:
        return current
    with transaction.atomic():
        before = _locked(project)
        return before if before.body.get("matcher") == MATCHER else _next(before, {}, MATCHER)


def _locked(project: Project) -> AssetVersion:
    """The current version, with the quarantine locked against other publishers."""
    known = current_quarantine(project)
    asset = Asset.objects.select_for_update().get(pk=known.asset_id)
    return AssetVersion.objects.get(pk=asset.current_id or known.pk)


def _name_sets(project: Project, names: set[str], facts: SetFacts, actor: Actor) -> None:
    QuarantineSet.objects.bulk_create(
        [
            QuarantineSet(
                project=project, name=name, role=facts.role, licence=facts.licence[:120], source=facts.source[:400],
                added_by=(actor.name or actor.kind)[:200],
            )
            for name in sorted(names)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _next(before: AssetVersion, fresh: dict[tuple[str, str], QuarantineEntry], note: str) -> AssetVersion:
    """The version after `before`; its sha256 goes on from that of `before`."""
    ordered = sorted(fresh.items())
    added = [[*key, one.text, *([one.answer] if one.answer else [])] for key, one in ordered]
    said = json.dumps([before.sha256, MATCHER, added], ensure_ascii=False).encode("utf-8", "surrogatepass")
    sets = Counter(before.body.get("sets", {})) + Counter(name for name, _key in fresh)
    asset = before.asset
    version = AssetVersion.objects.create(
        project_id=before.project_id, asset=asset, number=before.number + 1, sha256=hashlib.sha256(said).hexdigest(),
        note=note, body={"matcher": MATCHER, "settings": Settings().as_data(), "sets": dict(sorted(sets.items()))},
    )  # fmt: skip
    QuarantineItem.objects.bulk_create(
        [
            QuarantineItem(
                project_id=before.project_id, version=version, set_name=name, external_id=key,
                text=one.text.replace("\0", "")[:LONGEST], answer=one.answer.replace("\0", "")[:LONGEST],
            )
            for (name, key), one in ordered
        ],
        batch_size=1000,
    )  # fmt: skip
    asset.current = version
    asset.save(update_fields=["current"])
    return version
