"""The states of a run and which may follow which: one table, read by every action and the reconciler."""

from typing import Final

QUEUED, STARTING, RUNNING, STOPPING = "queued", "starting", "running", "stopping"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"

FOLLOWS: Final[dict[str, frozenset[str]]] = {
    QUEUED: frozenset({STARTING, CANCELLED, FAILED}),
    STARTING: frozenset({RUNNING, STOPPING, QUEUED, SUCCEEDED, CANCELLED, FAILED}),
    RUNNING: frozenset({STOPPING, QUEUED, SUCCEEDED, CANCELLED, FAILED}),
    STOPPING: frozenset({QUEUED, SUCCEEDED, CANCELLED, FAILED}),
    SUCCEEDED: frozenset(),
    FAILED: frozenset({QUEUED}),
    CANCELLED: frozenset({QUEUED}),
}
OCCUPYING = (STARTING, RUNNING, STOPPING)


def before(state: str) -> tuple[str, ...]:
    """States that `state` may follow; a conditional UPDATE filters on them."""
    return tuple(sorted(source for source, targets in FOLLOWS.items() if state in targets))
