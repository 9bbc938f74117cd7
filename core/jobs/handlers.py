"""Which function does which kind of job. Apps register theirs in their `jobs.py`, imported when the app is ready."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.jobs.queue import RunningJob

Handler = Callable[["RunningJob"], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as the worker of `kind`; what it returns becomes the job's result."""

    def register(function: Handler) -> Handler:
        if kind in _handlers and _handlers[kind] is not function:
            raise ValueError(f"Two handlers claim the job kind {kind!r}.")
        _handlers[kind] = function
        return function

    return register


def handler_for(kind: str) -> Handler:
    """The registered function; an unknown kind is a programming error."""
    return _handlers[kind]


def known_kinds() -> list[str]:
    """Every kind the generic runner does."""
    return list(_handlers)


def knows(kind: str) -> bool:
    """Whether this kind is run by the generic runner (a detached training run is not)."""
    return kind in _handlers
