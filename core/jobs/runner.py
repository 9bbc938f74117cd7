"""Run one claimed job: heartbeat beside the work, and an honest end whatever happens."""

import threading
from typing import Any

import structlog
from django.db import Error as DatabaseFault
from django.db import connection

from core.errors import Refused, Unavailable, described
from core.jobs.handlers import handler_for, knows
from core.jobs.queue import Lost, RunningJob, claim
from core.models import Job

log = structlog.get_logger(__name__)


class Heartbeat(threading.Thread):
    """Renews the lease every third of it, on a connection of its own; stops by itself when the lease is lost."""

    def __init__(self, running: RunningJob) -> None:
        super().__init__(daemon=True, name=f"heartbeat-{running.job.pk}")
        self.running = running
        self.interval = max(0.2, running.job.lease_seconds / 3)
        self.stopped = threading.Event()

    def run(self) -> None:
        """Beat until stopped."""
        try:
            while not self.stopped.wait(self.interval):
                self._beat()
        except Lost:
            log.warning("job.lease_lost", job_id=str(self.running.job.pk), attempt=self.running.attempt)
        finally:
            connection.close()

    def _beat(self) -> None:
        """A database that is away for a moment costs one beat, not the lease of work that goes on."""
        try:
            self.running.heartbeat()
        except DatabaseFault as error:
            log.warning("job.heartbeat_missed", job_id=str(self.running.job.pk), error=type(error).__name__)
            connection.close()

    def stop(self) -> None:
        """End the thread before the job's last write."""
        self.stopped.set()
        self.join(timeout=5)


def run(job_id: str) -> None:
    """Claim and do the job; quietly nothing when it is not there to be taken."""
    kind = Job.objects.filter(pk=job_id).values_list("kind", flat=True).first()
    if kind is None or not knows(kind):
        return
    running = claim(job_id)
    if running is None:
        return
    if running.job.cancel_requested_at is not None:  # asked of an attempt that is gone
        running.cancel()
        return
    heartbeat = Heartbeat(running)
    heartbeat.start()
    try:
        result = handler_for(kind)(running)
    except BaseException as error:
        heartbeat.stop()
        _end_badly(running, error)
        if not isinstance(error, Exception):
            raise
        return
    heartbeat.stop()
    _end_well(running, result)


def _end_well(running: RunningJob, result: dict[str, Any] | None) -> None:
    try:
        if running.cancelled and result is None:
            running.cancel()
        else:
            running.succeed(result)
    except Lost:
        log.warning("job.finished_after_loss", job_id=str(running.job.pk))


def _end_badly(running: RunningJob, error: BaseException) -> None:
    """Refusals are final and say why; a part that is away, or a fault, is tried again."""
    try:
        if isinstance(error, Lost):
            return
        if isinstance(error, Refused) and not isinstance(error, Unavailable):
            running.fail(str(error))
            return
        running.say(str(error) if isinstance(error, Refused) else described(error), level="error")
        log.error("job.fault", job_id=str(running.job.pk), exc_info=error)
        running.give_back(
            f"{type(error).__name__}: {error}" if isinstance(error, Refused) else type(error).__name__
        )
    except Lost:
        log.warning("job.fault_after_loss", job_id=str(running.job.pk))
