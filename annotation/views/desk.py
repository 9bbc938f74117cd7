"""What the judging and the repair page share: whose they are, where their script sends things, what was read."""

from typing import Any
from uuid import UUID

from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest
from core.errors import NotFound

from ..actions.profile import profile_of
from ..guidance import guidance_for
from ..models import Assignment, Campaign
from ..shortcuts import Keys

SHARED = ("reveal", "store", "clock", "keys", "queue", "draft", "panels", "mend", "sign_in")
SCRIPTS = tuple(f"js/judging_{name}.js" for name in SHARED)
PLACES = ("guidelines", "policy", "draft", "ask", "following")


def desk(request: ProjectRequest, campaign: Campaign | None, keys: Keys) -> dict[str, Any]:
    """The part of the context that both pages' root element carries as data."""
    slug = request.project.slug
    guidance = (
        guidance_for(profile_of(who=request.user, project=request.project), campaign) if campaign else None
    )
    return {
        "keys": keys,
        "key_mode": keys.mode,
        "scripts": SCRIPTS,
        "queue": f"winnow.answers.{request.project.pk}.{request.user.pk}",
        "csrf": get_token(request),
        "places": {name: reverse(f"annotation:{name}", kwargs={"slug": slug}) for name in PLACES},
        "to_read": guidance if guidance and guidance.asked else None,
        "read": guidance.version.pk if guidance and not guidance.asked else "",
    }


def own_assignment(request: ProjectRequest, assignment_id: UUID, *, kind: str) -> Assignment:
    """This person's assignment of a pair or a repair; anybody else's is not there."""
    profile = profile_of(who=request.user, project=request.project)
    found = (
        Assignment.objects.filter(project=request.project, profile=profile, pk=assignment_id)
        .select_related("item__campaign", "item__version")
        .first()
    )
    if found is None or found.item.kind != kind:
        raise NotFound("assignment_not_found", _("There is no such assignment of yours."))
    return found
