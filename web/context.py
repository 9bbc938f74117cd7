"""What base.html needs on every page: theme, navigation, roles, the demo's people."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from web.demo import demo_people
from web.navigation import current_project, nav_groups, roles_here
from web.theme import theme_of


def _side(request: HttpRequest) -> dict[str, Any]:
    project = current_project(request)
    roles = roles_here(request, project)
    user: Any = request.user
    return {
        "project": project,
        "roles": sorted(str(role.label) for role in roles),
        "groups": nav_groups(project, user, roles, request.path) if project else [],
    }


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Nothing is read from the database unless a template asks for it, so admin and error pages stay cheap."""
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    return {
        "face_theme": theme_of(request),
        "face_side": SimpleLazyObject(lambda: _side(request)) if signed_in else None,
        "face_demo": SimpleLazyObject(lambda: demo_people(request)) if settings.DEMO_MODE else None,
    }
