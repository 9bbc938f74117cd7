"""Secrets that are shown once and stored as SHA-256: 32 random bytes need no slow hash."""

import hashlib
import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import ApiToken

TOKEN_PREFIX = "wnw_"
NOTED_EVERY = timedelta(minutes=1)
MOST_REMEMBERED = 1_000
_remembered: dict[str, tuple[ApiToken, float]] = {}


def new_secret() -> str:
    """A fresh token of 256 random bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored in its place."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_token(secret: str) -> ApiToken | None:
    """The live token of that secret, with its project and owner."""
    live = Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))
    return (
        ApiToken.objects.filter(live, token_sha256=digest(secret), owner__is_active=True)
        .select_related("project", "owner")
        .first()
    )


def use_token(secret: str) -> ApiToken | None:
    """As `find_token`, and notes the use, at most once a minute: a write for every request would queue on one row.

    A process remembers a live token, with its owner's roles, for WINNOW_TOKEN_CACHE_SECONDS: a revocation holds
    everywhere after that time.
    """
    name, now = digest(secret), time.monotonic()
    remembered = _remembered.get(name)
    if remembered is not None and now < remembered[1]:
        return remembered[0]
    _remembered.pop(name, None)
    token = find_token(secret)
    if token is not None:
        noted = Q(last_used_at__gt=Now() - NOTED_EVERY)
        ApiToken.objects.filter(pk=token.pk).exclude(noted).update(last_used_at=Now())
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[name] = (token, now + settings.TOKEN_CACHE_SECONDS)
    return token
