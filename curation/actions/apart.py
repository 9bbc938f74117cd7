"""One conversation that breaks a step holds up nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from curation.steps import Reading

Outcome = TypeVar("Outcome")
log = structlog.get_logger(__name__)


def apart(
    readings: Sequence[Reading], work: Callable[[Sequence[Reading]], Outcome]
) -> tuple[Outcome, list[uuid.UUID]]:
    """`work` over all; if something in there breaks it, over what does not, with the versions that do."""
    try:
        return work(readings), []
    except Exception:
        broken = {one.version_id for one in readings if _breaks(one, work)}
        return work([one for one in readings if one.version_id not in broken]), sorted(broken)


def _breaks(reading: Reading, work: Callable[[Sequence[Reading]], object]) -> bool:
    try:
        work([reading])
    except Exception as error:
        report(reading.version_id, error)
        return True
    return False


def report(version_id: uuid.UUID, error: Exception) -> None:
    """The log names the kind of fault, never what was said."""
    log.error("curation.unreadable", version_id=str(version_id), error=type(error).__name__)
