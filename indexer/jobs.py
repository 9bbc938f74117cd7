"""Registers the job kinds of the index with the runner."""

from __future__ import annotations

from typing import Any

from core.jobs import RunningJob, job_handler
from indexer.actions.request_build import KIND


@job_handler(KIND)
def build(running: RunningJob) -> dict[str, Any] | None:
    """Run the build its payload names."""
    from indexer.actions.build_index import build_index
    from indexer.models import IndexBuild

    wanted = IndexBuild.objects.select_related("project").get(pk=running.payload["build_id"])
    return build_index(wanted, running)
