"""The only module that imports argilla (2.2 s): the SDK for jobs that need it, and its faults as refusals."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from django.utils.translation import gettext as _

from core.errors import Refused, Unavailable

CHATTY = ("argilla.sdk", "httpx")
FAILS, GONE = "argilla_fails", "argilla_gone"


@dataclass(frozen=True, slots=True)
class There:
    """A user, a data set or a webhook as the server knows it."""

    id: UUID
    name: str
    detail: Any = None


class TooMuch(Refused):
    """The server understood and will not take it (422): one record of a batch, or a setting."""


def sdk() -> Any:
    """The SDK, imported by the job that needs it."""
    import argilla

    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return argilla


@contextmanager
def faults() -> Iterator[None]:
    """Translate what the SDK raises; what is temporary is Unavailable, so that a job is tried again."""
    from argilla._exceptions import ArgillaError

    try:
        yield
    except (httpx.HTTPError, ArgillaError) as error:
        raise _told(_first(error)) from error


def _first(error: BaseException) -> BaseException:
    """What happened on the way or what the server answered: the SDK wraps it several times and keeps it inside."""
    from argilla._exceptions import ArgillaError

    while isinstance(error.__cause__, ArgillaError | httpx.HTTPError):
        if isinstance(error, httpx.HTTPStatusError):
            break
        error = error.__cause__
    return error


def _told(error: BaseException) -> Refused:
    if isinstance(error, httpx.HTTPStatusError):
        return _refusal(error.response.status_code, error.response.text)
    if isinstance(error, httpx.HTTPError):
        return Unavailable(
            "argilla_away",
            _("The Argilla server does not answer (%(kind)s).") % {"kind": type(error).__name__},
            hint=_("The work is tried again; nothing that was done is lost."),
        )
    return _refusal(getattr(error, "status_code", 422), str(error))


def _refusal(status: int, detail: str) -> Refused:
    said = {"detail": detail[:300]}
    if status in (401, 403):
        return Refused(
            "argilla_key_refused",
            _("Argilla does not let this API key do that: %(detail)s") % said,
            hint=_("Give the key of an owner (accounts, webhooks) or of an admin of the workspace."),
        )
    if status == 404:
        return Refused(GONE, _("Argilla no longer has this: %(detail)s") % said)
    if status in (408, 429) or status >= 500:
        return Unavailable(FAILS, _("The Argilla server fails: %(detail)s") % said)
    return TooMuch("argilla_refused", _("Argilla does not take this: %(detail)s") % said)
