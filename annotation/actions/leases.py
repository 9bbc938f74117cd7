"""Keep a lease alive while somebody works."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, ExpressionWrapper, QuerySet, Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import NotFound

from ..models import Assignment


def renew(leases: QuerySet[Assignment], *, seconds: int, prefetch: bool = False) -> int:
    """Start these leases anew, by the database's clock, unless the sweeper was faster; how many run on."""
    until = ExpressionWrapper(Now() + Value(timedelta(seconds=seconds)), output_field=DateTimeField())
    return leases.filter(state="leased").update(leased_until=until, prefetch=prefetch)


def heartbeat(*, who: User, project: Project, assignment_id: UUID, lease_token: UUID) -> datetime | None:
    """The annotator is at work on this item: its lease starts anew and is no longer one fetched ahead.

    When it ends now, by the database's clock; None if it had ended before and the slot went back.
    """
    own = Assignment.objects.filter(
        pk=assignment_id, lease_token=lease_token, project=project, profile__user=who
    ).select_related("item__campaign")
    found = own.first()
    if found is None:
        raise NotFound("assignment_not_found", _("There is no such assignment of yours."))
    if not renew(own, seconds=found.item.campaign.lease_seconds):
        return None
    return own.values_list("leased_until", flat=True)[0]
