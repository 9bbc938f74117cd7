"""The product's Celery application plus a job kind whose work is to take time and to leave a trace of every step."""

import time
from typing import Any

import django

from config.celery import app

django.setup()

from core.jobs import RunningJob, job_handler  # noqa: E402  (models need Django to be set up)

__all__ = ["app"]


@job_handler("stack.steps")
def steps(running: RunningJob) -> dict[str, Any]:
    """Do the steps not yet done, each once: step and progress commit together behind the fence."""
    total = int(running.payload["steps"])
    running.job.refresh_from_db()
    for step in range(running.job.done, total):
        time.sleep(float(running.payload["seconds"]))
        with running.fence():
            running.say(f"step {step}")
            running.progress(step + 1, total)
    return {"steps": total}
