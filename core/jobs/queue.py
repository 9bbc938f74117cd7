"""The verbs of a job row. Every write of a worker is guarded by the attempt number it claimed with (fencing token)."""

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.db import IntegrityError, models, transaction
from django.db.models import ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce, Now

from core.models import Job, JobLog, JobState

log = structlog.get_logger(__name__)


class Lost(Exception):
    """The lease was lost: another attempt owns the job now, and this one must stop without writing."""


def worker_name() -> str:
    """Host and process, for the page that shows who holds a job."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _lease_end(seconds: int) -> models.Expression:
    return ExpressionWrapper(Now() + Value(timedelta(seconds=seconds)), output_field=models.DateTimeField())


def enqueue(
    *,
    kind: str,
    project_id: uuid.UUID | None,
    payload: dict[str, Any] | None = None,
    dedupe_key: str = "",
    queue: str = "default",
    lease_seconds: int = 30,
    max_attempts: int = 3,
) -> Job:
    """Queue work in the caller's transaction (the row is the outbox). A live job of the same key is returned instead."""
    wanted = Job(
        kind=kind,
        project_id=project_id,
        payload=payload or {},
        dedupe_key=dedupe_key,
        queue=queue,
        lease_seconds=lease_seconds,
        max_attempts=max_attempts,
    )
    for last in (False, False, True):
        try:
            with transaction.atomic():
                wanted.save(force_insert=True)
            break
        except IntegrityError:
            standing = (
                Job.objects.live().filter(kind=kind, dedupe_key=dedupe_key).first() if dedupe_key else None
            )
            if standing is not None:
                return standing
            if last or not dedupe_key:
                raise
            # The live job ended between the two statements: there is room for this one now.
    transaction.on_commit(partial(nudge, str(wanted.id), queue))
    return wanted


def nudge(job_id: str, queue: str) -> None:
    """Ring the worker's bell. A broker that is away costs seconds, not work: the reaper rings again."""
    from core.tasks import run_job

    try:
        run_job.apply_async(args=(job_id,), queue=queue, retry=False, expires=600)
    except Exception as error:  # any broker fault: the committed row is the truth
        log.warning("job.nudge_failed", job_id=job_id, error=type(error).__name__)


def claim(job_id: str | uuid.UUID, *, worker: str = "") -> "RunningJob | None":
    """Take the job by one conditional UPDATE; None when somebody else holds it or nothing is left to do."""
    claimed = (
        Job.objects.claimable()
        .filter(pk=job_id, attempt__lt=F("max_attempts"))
        .update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            worker=worker or worker_name(),
            heartbeat_at=Now(),
            lease_until=_lease_by_row(),
            started_at=Coalesce("started_at", Now()),
            error="",
        )
    )
    if not claimed:
        return None
    job = Job.objects.get(pk=job_id)
    return RunningJob(job=job, attempt=job.attempt)


def _lease_by_row() -> models.Expression:
    """now() + the row's own lease_seconds, by the database's clock."""
    seconds = ExpressionWrapper(
        F("lease_seconds") * Value(timedelta(seconds=1)), output_field=models.DurationField()
    )
    return ExpressionWrapper(Now() + seconds, output_field=models.DateTimeField())


def request_cancel(job: Job) -> bool:
    """Ask a live job to stop. A queued one stops at once, a running one at its next heartbeat."""
    stopped = Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, cancel_requested_at=Now(), finished_at=Now()
    )
    return bool(stopped or Job.objects.live().filter(pk=job.pk).update(cancel_requested_at=Now()))


@dataclass
class RunningJob:
    """A claimed job as its worker sees it."""

    job: Job
    attempt: int
    cancelled: bool = field(default=False)

    @property
    def payload(self) -> dict[str, Any]:
        """The ids the job was queued with."""
        payload: dict[str, Any] = self.job.payload
        return payload

    def _mine(self) -> models.QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, attempt=self.attempt, state=JobState.RUNNING)

    def heartbeat(self) -> None:
        """Renew the lease; raises Lost when another attempt has taken over."""
        if not self._mine().update(heartbeat_at=Now(), lease_until=_lease_by_row()):
            raise Lost(str(self.job.pk))
        self.cancelled = self._mine().filter(cancel_requested_at__isnull=False).exists()

    def progress(self, done: int, total: int, doing: str = "") -> None:
        """Say how far the work is; renews the lease too."""
        updated = self._mine().update(
            done=done, total=total, doing=doing[:200], heartbeat_at=Now(), lease_until=_lease_by_row()
        )
        if not updated:
            raise Lost(str(self.job.pk))

    def say(self, message: str, level: str = "info") -> None:
        """Add a line to the job's log."""
        JobLog.objects.create(job=self.job, attempt=self.attempt, level=level, message=message)

    @contextmanager
    def fence(self) -> Iterator[None]:
        """A transaction that commits only while this attempt still owns the job."""
        with transaction.atomic():
            if not self._mine().select_for_update().exists():
                raise Lost(str(self.job.pk))
            yield

    def _finish(self, state: JobState, **fields: Any) -> None:
        if not self._mine().update(state=state, finished_at=Now(), lease_until=None, **fields):
            raise Lost(str(self.job.pk))

    def succeed(self, result: dict[str, Any] | None = None) -> None:
        """The work is done and published."""
        self._finish(JobState.SUCCEEDED, result=result or {}, error="")

    def fail(self, error: str) -> None:
        """The work cannot be done; another try would not help."""
        self._finish(JobState.FAILED, error=error)

    def cancel(self) -> None:
        """The work stopped because somebody asked."""
        self._finish(JobState.CANCELLED)

    def give_back(self, error: str, *, after_seconds: int = 5) -> None:
        """Queue another attempt, or fail when this was the last one."""
        if self.attempt >= self.job.max_attempts:
            self.fail(error)
            return
        updated = self._mine().update(
            state=JobState.QUEUED, error=error, lease_until=None, run_after=_lease_end(after_seconds)
        )
        if not updated:
            raise Lost(str(self.job.pk))
