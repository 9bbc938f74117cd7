"""Under which name failed sign-ins are counted: people type passwords into the wrong field, so it is kept as a keyed hash only."""

from typing import Any

from django.http import HttpRequest

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
