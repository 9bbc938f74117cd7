"""Salts: random, made once per row content, kept for every later snapshot, gone with an erasure."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Project
from core.keyring import Key, keyring, project_key
from snapshots.merkle import SALT_BYTES, leaf_hash
from snapshots.models import RowContent

PURPOSE = "row-content"
BATCH = 1_000


@dataclass(frozen=True)
class Salted:
    """A stored row content: its id, leaf and salt; no salt where it was erased."""

    id: int
    leaf: str
    salt: bytes | None


def content_key(project: Project) -> Key:
    """The key that names row contents: that of the project's first row, so that a rotation keeps every salt."""
    first = RowContent.objects.filter(project=project).order_by("pk").values_list("key_id", flat=True).first()
    return project_key(project.pk, PURPOSE, first if first in keyring().keys else None)


def salt_rows(project: Project, key: Key, rows: Mapping[str, bytes]) -> dict[str, Salted]:
    """Salt and leaf of every row by content hash. Two builds at once agree: the first to insert wins."""
    found: dict[str, Salted] = {}
    names = sorted(rows)
    for start in range(0, len(names), BATCH):
        some = names[start : start + BATCH]
        known = _stored(project, some)
        missing = [name for name in some if name not in known]
        if missing:
            RowContent.objects.bulk_create(
                [_new(project, key, name, rows[name]) for name in missing], ignore_conflicts=True
            )
            known |= _stored(project, missing)
        found |= known
    return found


def _stored(project: Project, names: list[str]) -> dict[str, Salted]:
    contents = RowContent.objects.filter(project=project, content_hash__in=names)
    rows = contents.values_list("content_hash", "pk", "leaf", "salt")
    return {name: Salted(pk, leaf, bytes(salt) if salt else None) for name, pk, leaf, salt in rows}


def _new(project: Project, key: Key, name: str, data: bytes) -> RowContent:
    salt = secrets.token_bytes(SALT_BYTES)
    return RowContent(
        project=project,
        content_hash=name,
        key_id=key.id,
        leaf=leaf_hash(salt, data).hex(),
        salt=salt,
        body=data,
    )
