"""Refusals a person can act on: what, where and what to do. Shown alike on pages, in the API and on the command line."""

from typing import Any


def place_of(error: BaseException) -> str:
    """Where it happened, for a log, without the message: that may hold what was sent."""
    trail = error.__traceback__
    while trail is not None and trail.tb_next is not None:
        trail = trail.tb_next
    return f"{trail.tb_frame.f_code.co_filename}:{trail.tb_lineno}" if trail else ""


def described(error: BaseException) -> str:
    """What kind of fault, without its message: type, PostgreSQL's code and constraint, and where it happened."""
    known = [type(error).__name__]
    cause = error.__cause__ if getattr(error, "sqlstate", None) is None else error
    for name in ("sqlstate", "diag"):
        found = getattr(cause, name, None)
        said = getattr(found, "constraint_name", None) if name == "diag" else found
        if isinstance(said, str) and said:
            known.append(said)
    return f"{' '.join(known)} at {place_of(error)}"


class Refused(Exception):
    """The request is understood and turned down; nothing was changed."""

    status = 409

    def __init__(self, code: str, message: str, *, hint: str = "", **context: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.context = context

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class PermissionRefused(Refused):
    """The actor's role does not carry this verb."""

    status = 403


class NotFound(Refused):
    """Nothing of that name is visible to this actor."""

    status = 404


class Unavailable(Refused):
    """A part the request needs is away for now; trying again later may work."""

    status = 503
