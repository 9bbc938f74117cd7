"""Say what has to stand behind a snapshot before it may be signed."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core.audit import record
from core.errors import Refused
from snapshots.models import PeopleGate


def set_people_gate(
    *,
    who: User,
    project: Project,
    least_effective: float | None = None,
    largest_share: float | None = None,
    least_groups: int | None = None,
    no_side: bool = False,
) -> PeopleGate:
    """A new version of the rules, for signatures from now on; approvals that stand keep standing. None asks nothing."""
    require(who, "snapshot.approve", project)
    if least_effective is not None and not 1 <= least_effective <= 10_000:
        raise Refused(
            "effective_out_of_range", _("An effective number of annotators lies between 1 and 10,000.")
        )
    if largest_share is not None and not 0 < largest_share <= 1:
        raise Refused("share_out_of_range", _("A share lies above 0 and at most at 100 %."))
    if least_groups is not None and not 2 <= least_groups <= 50:
        raise Refused("groups_out_of_range", _("Between 2 and 50 groups can be asked for."))
    with transaction.atomic():
        gate = PeopleGate.objects.create(
            project=project,
            least_effective=least_effective,
            largest_share=largest_share,
            least_groups=least_groups,
            no_side=no_side,
            set_by=who,
        )
        asked = {
            "least_effective": least_effective,
            "largest_share": largest_share,
            "least_groups": least_groups,
            "no_side": no_side,
        }
        record(
            actor=who.actor,
            verb="snapshot.set_people_gate",
            subject=gate,
            project_id=project.pk,
            data=asked,
        )
    return gate
