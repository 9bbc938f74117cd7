"""Lock an item and find this annotator's lease on it: the beginning of every act on an assignment."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import NotFound

from ..models import Assignment, Item
from .profile import profile_of


def lock_assignment(*, who: User, project: Project, pk: UUID, lease_token: UUID) -> Assignment:
    """The assignment with its item locked (item first, as everywhere); refused unless it is this annotator's own.

    A wrong token, another person's lease and another project's all look alike: there is no such assignment.
    """
    profile = profile_of(who=who, project=project)
    item = (
        Item.objects.select_for_update(of=("self",))
        .select_related("campaign")
        .filter(
            project=project,
            assignments__pk=pk,
            assignments__profile=profile,
            assignments__lease_token=lease_token,
        )
        .first()
    )
    if item is None:
        raise NotFound("assignment_not_found", _("There is no such assignment of yours."))
    assignment = Assignment.objects.get(pk=pk)
    assignment.item, assignment.profile = item, profile
    return assignment
