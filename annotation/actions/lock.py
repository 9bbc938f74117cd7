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
    own = Assignment.objects.filter(project=project, profile=profile, pk=pk, lease_token=lease_token)
    item_id = own.values_list("item_id", flat=True).first()
    if item_id is None:
        raise NotFound("assignment_not_found", _("There is no such assignment of yours."))
    item = Item.objects.select_for_update().get(pk=item_id)
    assignment = own.select_related("profile").get()
    assignment.item = item
    return assignment
