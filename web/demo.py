"""The bar of the demo: step into another role without a password. It does not exist outside demo mode."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.models import Membership, Role, User

ORDER = (Role.ANNOTATOR, Role.DATA_LEAD, Role.ML_ENGINEER)


@dataclass(frozen=True)
class DemoPerson:
    """One button of the bar."""

    user: User
    role: str
    current: bool


def demo_users() -> dict[Role, User]:
    """For each role of the loop the first person of the demo's own project who holds it and is not simulated."""
    people = Membership.objects.filter(project__slug=settings.DEMO_PROJECT)
    memberships = (
        people.filter(role__in=ORDER, user__is_active=True, user__is_simulated=False)
        .select_related("user")
        .order_by("created_at", "pk")
    )
    found: dict[Role, User] = {}
    for membership in memberships:
        found.setdefault(Role(membership.role), membership.user)
    return found


def demo_people(request: HttpRequest) -> list[DemoPerson]:
    """The buttons in the order of the loop."""
    users = demo_users()
    current: Any = getattr(request.user, "pk", None)
    return [
        DemoPerson(users[role], str(role.label), users[role].pk == current) for role in ORDER if role in users
    ]


@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    """Signs the visitor in as the demo's person; any other person, and any other mode, is not found."""
    if not settings.DEMO_MODE:
        raise Http404
    people = {str(user.pk): user for user in demo_users().values()}
    user = people.get(request.POST.get("user", ""))
    if user is None:
        raise Http404
    login(request, user, backend="accounts.sessions.SessionBackend")
    return HttpResponseRedirect("/")
