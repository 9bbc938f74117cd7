"""Long work of this app, registered with the job runner; the build (and pyarrow) is imported when one runs."""

from typing import Any

from core.jobs import RunningJob, job_handler

BUILD = "snapshots.build"


@job_handler(BUILD)
def build(running: RunningJob) -> dict[str, Any] | None:
    """Build and seal the snapshot the payload names."""
    from snapshots.actions.build_snapshot import run_build

    return run_build(running)
