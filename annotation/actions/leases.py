"""Keep a lease alive while somebody works."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.columns import select
from core.errors import NotFound

from ..models import Assignment

RENEW: Final = """
UPDATE annotation_assignment
SET leased_until = statement_timestamp() + make_interval(secs => %(seconds)s), prefetch = %(prefetch)s
WHERE id = ANY(%(leases)s) AND state = 'leased'
RETURNING leased_until
"""


def renew(leases: Sequence[UUID], *, seconds: int, prefetch: bool = False) -> datetime | None:
    """Start these leases anew, by the database's clock; when they end, or None if the sweeper was faster."""
    renewed = select(RENEW, {"leases": list(leases), "seconds": seconds, "prefetch": prefetch})
    return renewed[0][0] if renewed else None


def heartbeat(*, who: User, project: Project, assignment_id: UUID, lease_token: UUID) -> datetime | None:
    """The annotator is at work on this item: its lease starts anew and is no longer one fetched ahead.

    When it ends now, by the database's clock; None if it had ended before and the slot went back.
    """
    own = Assignment.objects.filter(
        pk=assignment_id, lease_token=lease_token, project=project, profile__user=who
    )
    seconds = own.values_list("item__campaign__lease_seconds", flat=True).first()
    if seconds is None:
        raise NotFound("assignment_not_found", _("There is no such assignment of yours."))
    return renew([assignment_id], seconds=seconds)
