"""Valkey for counters that are asked on every request, at the broker's address.

Nothing in it is the truth: where it is away, or the broker is no Valkey, the answer is None and the product goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
PATIENCE = 0.25
REST_SECONDS = 5.0
Answer = TypeVar("Answer")


class _Outage:
    """While it is away nobody waits for it: one try in REST_SECONDS, one line in the log."""

    until = 0.0
    noted = False


def ask(question: Callable[[redis.Redis], Answer]) -> Answer | None:
    """What `question` gets from Valkey, None while that cannot be had."""
    client = _client(settings.BROKER_URL)
    if client is None or time.monotonic() < _Outage.until:
        return None
    try:
        answer = question(client)
    except (redis.RedisError, OSError) as error:
        _Outage.until = time.monotonic() + REST_SECONDS
        if not _Outage.noted:
            log.warning("valkey.away", error=type(error).__name__)
            _Outage.noted = True
        return None
    _Outage.noted = False
    return answer


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis | None:
    """A client of this broker; Celery writes a socket's address in its own way."""
    options: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
        return redis.Redis(unix_socket_path=unquote(parts.path), db=int(number), **options)
    if parts.scheme in ("redis", "rediss", "unix"):
        return redis.Redis.from_url(url, **options)
    return None
