"""Structured logs: one JSON object a line, with the request id, never a body or a value from a trace."""

import logging
import logging.config
import sys
import traceback
from typing import Any

import structlog

from core.errors import described

DEEPEST_CHAIN, DEEPEST_TRAIL = 6, 20
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def without_messages(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Exceptions as kinds and places, requests as routes: messages and addresses quote what was sent."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        event["exception"] = _chain(error)
    name = str(event.get("logger", ""))
    if name.startswith("celery.app.trace"):
        event["event"] = str(event.get("event", "")).partition(" raised")[0]
    if name.startswith(("django.request", "django.security")):
        event["event"] = str(event.get("event", "")).partition(":")[0]
        matched = getattr(getattr(event.get("_record"), "request", None), "resolver_match", None)
        event["route"] = getattr(matched, "route", "")
    return event


def _chain(error: BaseException) -> list[dict[str, Any]]:
    """The error and what it came from, the last first."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(found) < DEEPEST_CHAIN:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        trail = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-DEEPEST_TRAIL:]]
        found.append({"kind": described(current), "trail": trail})
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def configure(config: dict[str, Any]) -> None:
    """Route the standard library's loggers and structlog through one JSON renderer."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            without_messages,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": config["level"]},
            "loggers": {"axes": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
        }
    )
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
