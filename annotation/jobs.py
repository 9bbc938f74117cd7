"""Long work of this app, registered with the job runner; what it needs is imported when one runs."""

from typing import Any

from core.jobs import RunningJob, job_handler

QUALITY = "annotation.quality"


@job_handler(QUALITY)
def quality(running: RunningJob) -> dict[str, Any] | None:
    """Compute the quality report of one campaign; a second attempt starts over, which changes nothing twice."""
    from annotation.actions.report_quality import run_report

    return run_report(running)
