"""A conversation's body was destroyed because redaction had missed something in it: rows made from it are erased as well."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Q

from accounts.models import Project, User
from curation.ruling.followers import follow_erasures
from snapshots.actions.erase_row import erase_row
from snapshots.models import RowContent


def erase_rows_of(who: User, project: Project, versions: Collection[uuid.UUID], reason: str) -> int:
    """Erase every row that rests on one of these versions; how many were still there."""
    made_from = Q(rows__version__in=versions) | Q(rows__sources__version__in=versions)
    standing = RowContent.objects.filter(made_from, project=project, erased_at=None).distinct()
    leaves = list(standing.values_list("leaf", flat=True))
    for leaf in leaves:
        erase_row(who=who, project=project, leaf=leaf, reason=reason)
    return len(leaves)


def register() -> None:
    """Let curation call on us."""
    follow_erasures("snapshot rows", erase_rows_of)
