"""Who decides over votes that disagree: leads over everything, annotators a lead has named over what suits them."""

from dataclasses import replace

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import may, require
from core.errors import PermissionRefused

from .eligibility import seeker_of, suits
from .models import AnnotatorProfile, Assignment, Campaign, Item
from .rules import read


def require_adjudicator(who: User, project: Project) -> None:
    """Refuse people who decide over nobody's votes."""
    require(who, "annotation.adjudicate", project)
    if not may(who, "annotation.manage", project) and named(who, project) is None:
        raise PermissionRefused(
            "not_named",
            _("Leads decide over votes, and annotators they have named."),
            hint=_("Ask a data lead of the project to name you."),
        )


def named(who: User, project: Project) -> AnnotatorProfile | None:
    """The profile of an annotator a lead has named, who is given work here."""
    found = AnnotatorProfile.objects.filter(
        project=project, user=who, adjudicates=True, deactivated_at__isnull=True
    )
    return found.select_related("user").first()


def within_reach(items: "QuerySet[Item]", *, who: User, campaign: Campaign) -> "QuerySet[Item]":
    """Those this person may decide over: all for a lead; else what the queue might have given them, whatever their group.

    While a slot is open or held they could still vote, after reading what the others said.
    """
    if may(who, "annotation.manage", campaign.project):
        return items
    profile = named(who, campaign.project)
    held = Assignment.objects.filter(item=OuterRef("pk"), state="leased")
    items = items.filter(~Exists(held), slots_left=0)
    seeker = seeker_of(profile, read(campaign.rules)) if profile else None
    return suits(items, replace(seeker, groups=())) if seeker else items.none()
