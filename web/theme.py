"""Light, dark, or whatever the system says. The server knows it, so the first byte already has it: no flash."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.actions.profile import update_profile
from accounts.models import User

THEMES = ("auto", "light", "dark")
COOKIE = "theme"
YEAR = 365 * 86_400


def theme_of(request: HttpRequest) -> str:
    """The one stored with the person; before signing in the cookie's; else the system's."""
    user: Any = getattr(request, "user", None)
    chosen = str(getattr(user, "theme", "") or request.COOKIES.get(COOKIE, "auto"))
    return chosen if chosen in THEMES else "auto"


def safe_back(request: HttpRequest, fallback: str = "/") -> str:
    """Where a form came from, when that is a page of ours."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else fallback


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Sets the theme and goes back; works without JavaScript."""
    theme = request.POST.get("theme", "auto")
    theme = theme if theme in THEMES else "auto"
    user: Any = request.user
    if isinstance(user, User):
        update_profile(user=user, name=user.name, time_zone=user.time_zone, theme=theme)
    response = (
        HttpResponse(status=204)
        if request.headers.get("HX-Request")
        else HttpResponseRedirect(safe_back(request))
    )
    response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True)
    return response
