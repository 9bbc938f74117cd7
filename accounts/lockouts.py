"""What is kept of sign-ins: people type passwords into the wrong field, so a name as a keyed hash, and nothing a browser sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest, QueryDict

from core.keyring import keyring

LOCKOUTS = "lockouts"


def counted_name(typed: str) -> str:
    """The same for the same name however it is capitalised; tells nobody without the keyring what was typed."""
    key = keyring().key().derive(LOCKOUTS)
    return key.mac(typed.strip().casefold().encode("utf-8", "surrogatepass")).hex()


def counted_name_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """What axes counts by, for its AXES_USERNAME_CALLABLE."""
    typed = (credentials or {}).get("username") or request.POST.get("username")
    return counted_name(str(typed)) if typed else None


class CountsOnly(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts by name and address, as axes does, and keeps neither form nor query, path or header of the request."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """One more failure."""
        if request is None:
            super().user_login_failed(sender, credentials, request, **kwargs)
            return
        with _unread(request):
            super().user_login_failed(sender, credentials, request, **kwargs)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """The failures of this name are over."""
        with _unread(request):
            super().user_logged_in(sender, request, user, **kwargs)


@contextmanager
def _unread(request: Any) -> Iterator[None]:
    """The request as if nothing but its address were known; axes keeps whatever it can read."""
    query, form = request.GET, request.POST
    request.GET = request.POST = QueryDict()
    request.axes_user_agent = request.axes_path_info = request.axes_http_accept = ""
    try:
        yield
    finally:
        request.GET, request.POST = query, form
