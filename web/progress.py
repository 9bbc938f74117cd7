"""How far a job is, how fast, and how long still: computed from its row, so it survives a reload."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from web.numbers import rate


def job_progress_view(job: Any) -> dict[str, Any]:
    """What the progress component shows of a core Job; rate and ETA only once there is something to divide."""
    started = job.started_at
    seconds = ((job.finished_at or timezone.now()) - started).total_seconds() if started else 0.0
    per_second = job.done / seconds if seconds > 1 and job.done else 0.0
    known = bool(job.total)
    running = job.finished_at is None
    left = (job.total - job.done) / per_second if known and per_second and running else None
    return {
        "done": job.done if known or job.done else None,
        "total": job.total or None,
        "share": min(1.0, job.done / job.total) if known else (None if running else 1.0),
        "doing": job.doing if running else "",
        "label": job.doing or _label(started is not None, running),
        "rate": rate(per_second) if per_second else "",
        "eta": left,
    }


def _label(started: bool, running: bool) -> str:
    if not running:
        return _("Finished")
    return _("In progress") if started else _("Waiting for a worker")
