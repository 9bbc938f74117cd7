"""Keep a lease alive while somebody works."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import NotFound
from core.prepared import select

from ..models import Assignment

RENEW: Final = """
UPDATE annotation_assignment s
SET leased_until = statement_timestamp() + make_interval(secs => coalesce(%(seconds)s::int, (
        SELECT c.lease_seconds FROM annotation_item i JOIN annotation_campaign c ON c.id = i.campaign_id
        WHERE i.id = s.item_id))),
    prefetch = prefetch AND %(prefetch)s
WHERE id = ANY(%(leases)s) AND state = 'leased'
RETURNING leased_until
"""


def renew(leases: Sequence[UUID], *, seconds: int | None = None, prefetch: bool = False) -> datetime | None:
    """Start these leases anew, by the database's clock; when they end, or None if the sweeper was faster.

    They run as long as their campaign says, or `seconds`. One that somebody looks at never becomes one fetched ahead.
    """
    renewed = select(RENEW, {"leases": list(leases), "seconds": seconds, "prefetch": prefetch})
    return renewed[0][0] if renewed else None


def heartbeat(*, who: User, project: Project, assignment_id: UUID, lease_token: UUID) -> datetime | None:
    """The annotator is at work on this item: its lease starts anew and is no longer one fetched ahead.

    When it ends now, by the database's clock; None if it had ended before and the slot went back.
    """
    own = Assignment.objects.filter(
        pk=assignment_id, lease_token=lease_token, project=project, profile__user=who
    )
    if not own.exists():
        raise NotFound("assignment_not_found", _("There is no such assignment of yours."))
    return renew([assignment_id])
