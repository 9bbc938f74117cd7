"""How an attempt, and with it the run, comes to its end: always one fenced transaction of the attempt that held it."""

import errno

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.audit import emit
from core.jobs import RunningJob
from core.models import Job, JobState
from snapshots.models import Withdrawal
from trainers.models import Attempt, Run
from trainers.places import folder_of
from trainers.states import FAILED, QUEUED, before


def must_end(run: Run) -> bool:
    """Somebody asked to stop, or the approval was withdrawn."""
    asked = Job.objects.filter(pk=run.job_id, cancel_requested_at__isnull=False).exists()
    return asked or Withdrawal.objects.filter(approval=run.approval_id).exists()


def why_ended(run: Run) -> str:
    """What the page says of a run that was stopped."""
    withdrawn = Withdrawal.objects.filter(approval=run.approval_id).exists()
    return _("The approval was withdrawn while the run was going.") if withdrawn else ""


def next_attempt(run: Run, running: RunningJob, outcome: str, said: str) -> None:
    """Close this attempt and queue another; the run fails where its attempts are used up."""
    with running.fence():
        _note_end(run, running, outcome, said)
        running.give_back(said, after_seconds=0)
        if Job.objects.filter(pk=run.job_id, state=JobState.FAILED).exists():
            finish(run, FAILED, error=said)
            return
        Run.objects.filter(pk=run.pk).update(state=QUEUED)
        emit(
            subject=run,
            name=f"run_attempt_{outcome}",
            project_id=run.project_id,
            from_state=run.state,
            to_state=QUEUED,
        )


def end(run: Run, running: RunningJob, state: str, *, error: str) -> None:
    """Close attempt, job and run together; what can never be taken up again leaves no texts behind."""
    with running.fence():
        _note_end(run, running, state, error)
        if state == FAILED:
            running.fail(error)
        else:
            running.cancel()
        finish(run, state, error=error)
    if Withdrawal.objects.filter(approval=run.approval_id).exists():
        folder_of(run).forget_rows()


def finish(run: Run, state: str, *, error: str = "") -> None:
    """The run's last state, with its event; nothing where it ended already."""
    if Run.objects.filter(pk=run.pk, state__in=before(state)).update(
        state=state, error=error, finished_at=Now(), eta_seconds=None
    ):
        emit(
            subject=run,
            name=f"run_{state}",
            project_id=run.project_id,
            from_state=run.state,
            to_state=state,
            data={"error": error} if error else None,
        )


def _note_end(run: Run, running: RunningJob, outcome: str, detail: str) -> None:
    Attempt.objects.filter(run=run, number=running.attempt).update(
        outcome=outcome, detail=detail, ended_at=Now()
    )


def about_disk(error: OSError) -> str:
    """A sentence a person can act on."""
    if error.errno == errno.ENOSPC:
        return _(
            "The disk is full. Free some space and take the run up again: it goes on from its last checkpoint."
        )
    return _("The run folder could not be written: %(why)s") % {"why": error.strerror or type(error).__name__}
