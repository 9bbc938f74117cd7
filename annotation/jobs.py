"""Long work of this app, registered with the job runner; what it needs is imported when one runs."""

from typing import Any

from core.jobs import RunningJob, job_handler

QUALITY = "annotation.quality"
ARGILLA_CONNECT, ARGILLA_PUSH, ARGILLA_PULL = (
    "annotation.argilla_connect",
    "annotation.argilla_push",
    "annotation.argilla_pull",
)


@job_handler(QUALITY)
def quality(running: RunningJob) -> dict[str, Any] | None:
    """Compute the quality report of one campaign; a second attempt starts over, which changes nothing twice."""
    from annotation.actions.report_quality import run_report

    return run_report(running)


@job_handler(ARGILLA_CONNECT)
def argilla_connect(running: RunningJob) -> dict[str, Any] | None:
    """See whether a key opens its server; a second attempt sees the same."""
    from annotation.bridge.connect import run_check

    return run_check(running)


@job_handler(ARGILLA_PUSH)
def argilla_push(running: RunningJob) -> dict[str, Any] | None:
    """Send a campaign; a second attempt goes on with what is not there."""
    from annotation.bridge.push import run_push

    return run_push(running)


@job_handler(ARGILLA_PULL)
def argilla_pull(running: RunningJob) -> dict[str, Any] | None:
    """Take in answers; each is its own transaction, so a second attempt goes on with the rest."""
    from annotation.bridge.pull import run_pull

    return run_pull(running)
