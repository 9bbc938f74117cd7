"""Long work of this app, registered with the job runner; what it needs is imported when one runs."""

from typing import Any

from core.actors import Actor
from core.jobs import RunningJob, job_handler

REREDACT, REPLAY = "curation.reredact", "curation.replay"


@job_handler(REREDACT)
def reredact(running: RunningJob) -> dict[str, Any] | None:
    """Run the project's rules over what is stored."""
    from curation.actions.reredact import run_reredaction

    return run_reredaction(running)


@job_handler(REPLAY)
def replay(running: RunningJob) -> dict[str, Any] | None:
    """Replay the refused rows of one code; every row is its own transaction, so a second attempt goes on with the rest."""
    from accounts.models import Project
    from curation.actions.replay import replay_all

    project = Project.objects.get(pk=running.payload["project"])
    actor = Actor(**running.payload["actor"])
    return dict(
        replay_all(actor=actor, project=project, code=running.payload["code"], beat=running.heartbeat)
    )
