"""Celery's bell-ringing for jobs."""

from celery import shared_task

from core.jobs import reaper, runner


@shared_task
def run_job(job_id: str) -> None:
    """Run the job if it is still there to be taken."""
    runner.run(job_id)


@shared_task
def reap() -> None:
    """Ring again for whatever waits."""
    reaper.reap()
