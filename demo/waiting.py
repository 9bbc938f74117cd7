"""Wait for what the workers do, and say what they are doing; a worker that died is noticed, not waited for."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from core.errors import Refused
from core.models import Job, JobState
from demo.story import Omitted, Telling


def until(
    telling: Telling, done: Callable[[], bool], *, what: str, seconds: float, now: Callable[[], str] = str
) -> None:
    """Poll until done; every ten seconds one line with what is going on."""
    deadline, next_line = time.monotonic() + seconds, time.monotonic() + 10
    while not done():
        if time.monotonic() > deadline:
            raise Refused(
                "demo_waited", f"{what} did not end within {seconds:.0f} s.", hint="See .winnow/logs."
            )
        if time.monotonic() > next_line:
            telling.say(f"… {what} {now()}".rstrip())
            next_line += 10
        time.sleep(0.3)


def job_ended(telling: Telling, job: Job, *, what: str, seconds: float) -> Job:
    """The job once it ended well; its own error otherwise."""

    def ended() -> bool:
        job.refresh_from_db()
        return job.state not in {JobState.QUEUED, JobState.RUNNING}

    until(telling, ended, what=what, seconds=seconds, now=lambda: f"{job.doing} {job.done}/{job.total}")
    if job.state != JobState.SUCCEEDED:
        raise Refused("demo_job_failed", f"{what} ended as {job.state}.", hint=job.error)
    return job


def extras_ready(telling: Telling, *, what_for: str) -> None:
    """Wait for the extras that `./dev` installs behind the running product; Omitted when they were not wanted."""
    if telling.options.without_training:
        raise Omitted(f"--without-training: {what_for} needs the extras embed and train")
    file = Path(settings.STATE_DIR) / "extras.json"
    state: dict[str, str] = {"state": "installing"}

    def known() -> bool:
        state.update(json.loads(file.read_text()) if file.exists() else {"state": "ready"})
        return state["state"] != "installing"

    until(telling, known, what="installing embedding and training", seconds=900)
    if state["state"] != "ready":
        raise Refused(
            "extras_missing", "The extras could not be installed.", hint=str(state.get("message", ""))
        )
