"""Database URLs to Django settings: an owner role migrates, an app role runs (architecture, "Two database roles")."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

APP_ROLE = "winnow_app"


def parse(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?host=/socket` as a Django database dict."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme!r}://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {"prepare_threshold": _threshold(query.pop("prepare_threshold", "5")), **query},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _threshold(said: str) -> int | None:
    """How often a connection runs a statement of `core.prepared` before it prepares it; `never` for poolers that cannot."""
    return None if said == "never" else int(said)


def choose(*, app_url: str, owner_url: str | None, role: str) -> dict[str, Any]:
    """The connection for this process: the owner's, the app's own login, or the owner's login lowered to the app role."""
    if role == "owner":
        return parse(owner_url or app_url)
    database = parse(app_url)
    if owner_url is None:
        database["OPTIONS"]["options"] = f"-c role={APP_ROLE}"
    return database
