"""Bring rows and run folders together: start what waits, read what runs, take up what was lost, close what ended.

Called every two seconds and after every launch, by any number of workers at once. Three things make that safe:
a claim is one conditional UPDATE, reading a run happens under its row lock together with the offset read up to,
and everything an attempt publishes is fenced by its number.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.audit import emit
from core.errors import Refused
from core.jobs import Lost, RunningJob, claim
from core.jobs.runner import Heartbeat
from core.models import Job, JobState
from trainers.ending import about_disk, end, finish, must_end, next_attempt, why_ended
from trainers.folder import AttemptFolder
from trainers.ingesting import ingest
from trainers.launcher import start_local
from trainers.manifests import Unverified
from trainers.models import Attempt, Run
from trainers.places import folder_of
from trainers.preparing import prepare
from trainers.processes import ProcessName, end_group
from trainers.registering import Withdrawn, register
from trainers.states import CANCELLED, FAILED, OCCUPYING, QUEUED, STARTING, STOPPING, SUCCEEDED, before

log = structlog.get_logger(__name__)
ROOM_LOCK = 0x7472_6169


def reconcile() -> int:
    """One round over every live run, those that hold a place first; the number looked after."""
    live = list(Run.objects.live().order_by("created_at").values_list("pk", "state"))
    ordered = sorted(live, key=lambda run: run[1] == QUEUED)
    for run_id, _state in ordered:
        try:
            look_after(str(run_id))
        except Exception:
            log.exception("run.reconcile_failed", run_id=str(run_id))
    return len(ordered)


def look_after(run_id: str) -> None:
    """Whatever this one run needs now."""
    run = Run.objects.select_related("job", "approval__snapshot", "recipe").filter(pk=run_id).first()
    if run is None or run.state in (SUCCEEDED, FAILED, CANCELLED):
        return
    if run.job.state == JobState.QUEUED:
        _start(run)
    elif run.job.state == JobState.RUNNING:
        _watch(run, RunningJob(run.job, run.job.attempt))
    else:
        _close_after_job(run)


def _start(run: Run) -> None:
    """Claim, prepare, start. One claimer wins; the others find nothing to do."""
    running = _claim_with_room(run)
    if running is None:
        return
    try:
        if must_end(run):
            end(run, running, CANCELLED, error=why_ended(run))
            return
        folder_of(run).forget_cancel()
        with _lease_renewed(running):
            start_local(prepare(run, running.attempt))
    except Refused as error:
        end(run, running, FAILED, error=str(error))
    except OSError as error:
        end(run, running, FAILED, error=about_disk(error))


@contextmanager
def _lease_renewed(running: RunningJob) -> Iterator[None]:
    """Preparing many rows can take longer than a lease."""
    heartbeat = Heartbeat(running)
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()


def _claim_with_room(run: Run) -> RunningJob | None:
    """The claim, if fewer runs than allowed hold a place. Serialised, so two workers cannot both see the last one."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROOM_LOCK])
        occupied = (
            Job.objects.filter(state=JobState.RUNNING, run__state__in=OCCUPYING)
            .exclude(pk=run.job_id)
            .count()
        )
        if occupied >= settings.TRAINING_AT_ONCE:
            return None
        running = claim(run.job_id)
        if running is None:
            return None
        Attempt.objects.filter(run=run, outcome="").update(outcome="lost", ended_at=Now())
        Attempt.objects.create(run=run, number=running.attempt, host=running.job.worker)
        was = run.state
        Run.objects.filter(pk=run.pk).update(
            state=STARTING, started_at=run.started_at or Now(), metrics_offset=0, samples_offset=0
        )
        emit(
            subject=run,
            name="run_attempt_started",
            project_id=run.project_id,
            from_state=was,
            to_state=STARTING,
            data={"attempt": running.attempt},
        )
    run.refresh_from_db()
    return running


def _watch(run: Run, running: RunningJob) -> None:
    """Read what the attempt wrote; renew the lease while it lives; act on its end, its silence, a cancel."""
    folder = folder_of(run).attempt(running.attempt)
    if must_end(run):
        folder.run.request_cancel()
        _stopping(run)
    result, status = folder.read("result"), folder.read("status")
    ingest(run, folder, status or {})
    try:
        if result is not None:
            _settle(run, running, folder, result)
        elif _alive(run, folder, status):
            running.progress(run.step, run.total_steps, str((status or {}).get("doing", "")))
            _note_attempt(run, running, status or {})
        else:
            _take_back(run, running, folder, status)
    except Lost:
        log.info("run.attempt_superseded", run_id=str(run.pk), attempt=running.attempt)


@transaction.atomic
def _stopping(run: Run) -> None:
    if Run.objects.filter(pk=run.pk, state__in=before(STOPPING)).update(state=STOPPING):
        emit(
            subject=run,
            name="run_stopping",
            project_id=run.project_id,
            from_state=run.state,
            to_state=STOPPING,
        )


def _alive(run: Run, folder: AttemptFolder, status: dict[str, Any] | None) -> bool:
    """A fresh heartbeat; or none yet, within the lease that whoever prepares it renews.

    A supervisor that this machine knows to be gone is not waited for. On a full disk it can only touch its status.
    """
    lease = run.job.lease_seconds
    if status is None:
        return Job.objects.filter(pk=run.job_id, lease_until__gt=Now()).exists()
    supervisor = ProcessName.read(status["supervisor"])
    if supervisor.here and not supervisor.alive:
        return False
    return time.time() - max(float(status["beat_at"]), folder.touched("status")) < lease


def _take_back(run: Run, running: RunningJob, folder: AttemptFolder, status: dict[str, Any] | None) -> None:
    """End whatever is left of the attempt, then let the next one start from the last proven checkpoint."""
    if folder.read("result") is not None:
        return
    for name in ("supervisor", "trainer"):
        if status and name in status:
            end_group(ProcessName.read(status[name]))
    said = _("Contact with the training program was lost; it is taken up from its last checkpoint.")
    next_attempt(run, running, "lost", said)
    look_after(str(run.pk))


def _settle(run: Run, running: RunningJob, folder: AttemptFolder, result: dict[str, Any]) -> None:
    """The supervisor's verdict becomes the run's."""
    state = result["state"]
    if state == "succeeded":
        _register_or_say_why_not(run, running, folder, result)
    elif state == "interrupted" and not must_end(run):
        next_attempt(
            run, running, "interrupted", _("The training program was asked to stop by its host; it goes on.")
        )
    elif state == "failed":
        end(run, running, FAILED, error=str(result["message"]))
    else:
        end(run, running, CANCELLED, error=why_ended(run))


def _register_or_say_why_not(
    run: Run, running: RunningJob, folder: AttemptFolder, result: dict[str, Any]
) -> None:
    """A store that is full or away costs time, not the model: the next round tries again. What can never be
    registered ends the run, so that it does not keep its place for ever."""
    try:
        register(run, running, folder, result)
    except OSError as error:
        running.heartbeat()
        Run.objects.filter(pk=run.pk).update(error=about_disk(error))
    except (Withdrawn, Unverified) as error:
        end(run, running, CANCELLED if isinstance(error, Withdrawn) else FAILED, error=str(error))


def _close_after_job(run: Run) -> None:
    """The job ended elsewhere (cancelled while queued): the run follows."""
    finish(
        run,
        {JobState.CANCELLED: CANCELLED, JobState.SUCCEEDED: SUCCEEDED}.get(JobState(run.job.state), FAILED),
    )


def _note_attempt(run: Run, running: RunningJob, status: dict[str, Any]) -> None:
    """Who runs it, for the page and for whoever must end it."""
    supervisor = status["supervisor"]
    Attempt.objects.filter(run=run, number=running.attempt).update(
        boot_id=supervisor["boot"],
        pid=supervisor["pid"],
        pid_started=float(supervisor["started"]),
        heartbeat_at=datetime.fromtimestamp(float(status["beat_at"]), UTC),
        resumed_from_step=int(status.get("resumed_from", 0)),
    )
