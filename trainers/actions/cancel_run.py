"""Stop a run, or take a stopped one up again from its last checkpoint."""

import uuid
from functools import partial

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.audit import emit, record
from core.errors import NotFound, Refused
from core.jobs import request_cancel
from core.models import Job, JobState
from snapshots.models import Approval
from trainers.models import Run
from trainers.states import CANCELLED, QUEUED, STOPPING, before
from trainers.tasks import ring


def find_run(project: Project, run_id: uuid.UUID) -> Run:
    """A run of this project."""
    run = Run.objects.filter(project=project, pk=run_id).select_related("job").first()
    if run is None:
        raise NotFound("run_not_found", _("There is no such run in this project."))
    return run


def cancel_run(*, who: User | ApiToken, project: Project, run_id: uuid.UUID) -> Run:
    """Ask the run to stop. A queued one ends at once; a running one saves a checkpoint first. Twice is harmless."""
    require(who, "run.cancel", project)
    with transaction.atomic():
        run = find_run(project, run_id)
        if run.state not in (QUEUED, *before(STOPPING), STOPPING):
            raise Refused("run_ended", _("This run has ended already."))
        was = run.state
        request_cancel(run.job)
        if Job.objects.filter(pk=run.job_id, state=JobState.CANCELLED).exists():
            changed = Run.objects.filter(pk=run.pk, state=QUEUED).update(state=CANCELLED, finished_at=Now())
        else:
            changed = Run.objects.filter(pk=run.pk, state__in=before(STOPPING)).update(state=STOPPING)
        run.refresh_from_db()
        if changed:
            record(actor=who.actor, verb="run.cancel", subject=run, project_id=project.pk)
            emit(
                subject=run,
                name="run_cancel_asked",
                project_id=project.pk,
                from_state=was,
                to_state=run.state,
            )
            transaction.on_commit(partial(ring, str(run.pk)))
    return run


def resume_run(*, who: User | ApiToken, project: Project, run_id: uuid.UUID) -> Run:
    """Queue another attempt of a failed or cancelled run; it goes on from the last checkpoint that proves itself."""
    require(who, "run.launch", project)
    with transaction.atomic():
        run = find_run(project, run_id)
        if not Approval.objects.standing().filter(pk=run.approval_id).exists():
            raise Refused(
                "approval_withdrawn", _("This approval was withdrawn, so nothing may be trained from it.")
            )
        twin = Run.objects.live().filter(approval=run.approval, recipe=run.recipe, parent=run.parent)
        if twin.exclude(pk=run.pk).exists():
            raise Refused("run_one_live", _("The same training runs already."))
        was = run.state
        if not Run.objects.filter(pk=run.pk, state__in=before(QUEUED), finished_at__isnull=False).update(
            state=QUEUED, error="", finished_at=None
        ):
            raise Refused("run_not_stopped", _("Only a failed or cancelled run can be taken up again."))
        Job.objects.filter(pk=run.job_id).update(
            state=JobState.QUEUED,
            error="",
            cancel_requested_at=None,
            finished_at=None,
            lease_until=None,
            run_after=Now(),
            max_attempts=F("attempt") + 3,
        )
        record(actor=who.actor, verb="run.resume", subject=run, project_id=project.pk)
        emit(subject=run, name="run_queued", project_id=project.pk, from_state=was, to_state=QUEUED)
        transaction.on_commit(partial(ring, str(run.pk)))
    run.refresh_from_db()
    return run
