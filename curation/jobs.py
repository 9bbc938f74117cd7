"""Long work of this app, registered with the job runner; what it needs is imported when one runs."""

from typing import Any

from core.jobs import RunningJob, job_handler

REREDACT = "curation.reredact"


@job_handler(REREDACT)
def reredact(running: RunningJob) -> dict[str, Any] | None:
    """Run the project's rules over what is stored."""
    from curation.actions.reredact import run_reredaction

    return run_reredaction(running)
