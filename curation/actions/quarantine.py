"""Publish a new quarantine version: the present items and the new ones. Every earlier screening becomes stale with it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
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
from curation.held_out_files import LONGEST, LONGEST_ID, QuarantineEntry, form_of, read_rows, text_of
from curation.models import Asset, AssetVersion, QuarantineItem, QuarantineSet, SetRole

LONGEST_NAME = 80
MOST_NAMED = 20
OWN_LETTERS = 12
Key = tuple[str, str]
"""Set and id."""


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
        raw = path.read_bytes()
    except OSError as error:
        raise NotFound("file_unreadable", f"{path.name} cannot be read: {error.strerror}.") from error
    return read_quarantine_text(text_of(raw), set_name or path.stem, form_of(path.name))


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
    """The new current version. What is there already under its set and id is kept as it was; another text under an id that
    is taken is held out too, under an id of its own. Returns the present version unchanged when nothing is new.
    """
    if not isinstance(who, Actor):
        require(who, "curation.manage", project)
    actor = who if isinstance(who, Actor) else who.actor
    if facts.role not in SetRole.values:
        raise Refused("set_role_unknown", _("The role of a set is one of: %s.") % ", ".join(SetRole.values))
    given = [_storable(one) for one in items]
    with transaction.atomic():
        before = _locked(project)
        fresh = _fresh(before, given)
        if not fresh:
            return before
        _name_sets(project, {name for name, _key in fresh}, facts, actor)
        version = _next(before, fresh, note)
        audit.record(
            actor=actor, verb="quarantine.publish", subject=version, project_id=project.pk,
            data={"number": version.number, "added": len(fresh)},
        )  # fmt: skip
        audit.emit(
            subject=version.asset,
            name="quarantine.published",
            project_id=project.pk,
            data={"number": version.number},
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


def _storable(one: QuarantineEntry) -> QuarantineEntry:
    """As it lies in the database."""
    return QuarantineEntry(
        one.set_name[:LONGEST_NAME], one.external_id[:LONGEST_ID],
        one.text.replace("\0", "")[:LONGEST], one.answer.replace("\0", "")[:LONGEST],
    )  # fmt: skip


def _fresh(before: AssetVersion, given: Sequence[QuarantineEntry]) -> dict[Key, QuarantineEntry]:
    """What no version holds yet, by set and id: a line number is soon taken by another text, which must not be lost."""
    named = [(one, (one.set_name, one.external_id), (one.set_name, _own_id(one))) for one in given]
    stored = QuarantineItem.objects.of(before).filter(
        external_id__in={key[1] for _one, *keys in named for key in keys}
    )
    rows = stored.values_list("set_name", "external_id", "text", "answer")
    present: dict[Key, QuarantineEntry] = {row[:2]: QuarantineEntry(*row) for row in rows}
    fresh: dict[Key, QuarantineEntry] = {}
    for one, usual, own in named:
        taken = present.get(usual) or fresh.get(usual)
        same = taken is not None and (taken.text, taken.answer) == (one.text, one.answer)
        key = usual if taken is None or same else own
        if key not in present:
            fresh[key] = one
    return fresh


def _own_id(one: QuarantineEntry) -> str:
    """An id that no other text takes."""
    said = hashlib.sha256(f"{one.text}\0{one.answer}".encode()).hexdigest()[:OWN_LETTERS]
    return f"{one.external_id[: LONGEST_ID - OWN_LETTERS - 1]}~{said}"


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


def _next(before: AssetVersion, fresh: dict[Key, QuarantineEntry], note: str) -> AssetVersion:
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
                text=one.text, answer=one.answer,
            )
            for (name, key), one in ordered
        ],
        batch_size=1000,
    )  # fmt: skip
    asset.current = version
    asset.save(update_fields=["current"])
    return version
