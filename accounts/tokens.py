"""Secrets that are shown once and stored as SHA-256: 32 random bytes need no slow hash."""

import hashlib
import secrets

from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import ApiToken

TOKEN_PREFIX = "wnw_"


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
