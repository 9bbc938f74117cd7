"""Lock an item and find this annotator's lease on it: the beginning of every act on an assignment."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core.columns import Columns
from core.errors import NotFound
from core.prepared import select

from ..models import Assignment, Campaign
from ..queue import ITEM, LEASED
from .profile import PROFILE

CAMPAIGN = Columns(Campaign, "c")

LOCK: Final = f"""
SELECT {ITEM}, {CAMPAIGN}, {PROFILE}, {LEASED}
FROM annotation_assignment s JOIN annotation_item i ON i.id = s.item_id
JOIN annotation_campaign c ON c.id = i.campaign_id JOIN annotation_annotatorprofile p ON p.id = s.profile_id
WHERE s.id = %(assignment)s AND s.lease_token = %(token)s AND s.project_id = %(project)s AND p.user_id = %(user)s
FOR UPDATE OF i, s
"""
"""PostgreSQL locks in the order named, and reads again what it waited for (tests/annotation/test_concurrency.py)."""


def lock_assignment(*, who: User, project: Project, pk: UUID, lease_token: UUID) -> Assignment:
    """The assignment with its item locked (item first, as everywhere); refused unless it is this annotator's own.

    A wrong token, another person's lease and another project's all look alike: there is no such assignment.
    What the lease says holds under the lock: somebody may have ended it meanwhile.
    """
    require(who, "annotation.judge", project)
    given = {"assignment": pk, "token": lease_token, "project": project.pk, "user": who.pk}
    found = select(LOCK, given)
    if not found:
        raise NotFound("assignment_not_found", _("There is no such assignment of yours."))
    values = iter(found[0])
    item, campaign, profile = ITEM.take(values), CAMPAIGN.take(values), PROFILE.take(values)
    assignment = LEASED.take(values)
    profile.user, campaign.project, item.project, item.campaign = who, project, project, campaign
    assignment.item, assignment.profile, assignment.project = item, profile, project
    return assignment
