"""Read what an attempt wrote since last time. Rows and the offset read up to are one transaction, so a crash between
two rounds loses nothing and doubles nothing."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from core.audit import emit
from core.models import Job
from trainers.folder import AttemptFolder
from trainers.models import Metric, Run, Sample
from trainers.states import RUNNING, STARTING

LINES_PER_ROUND = 5_000


def ingest(run: Run, folder: AttemptFolder, status: dict[str, Any]) -> None:
    """Metrics, samples and progress into rows; `run` is brought up to date.

    Nothing is done while another worker is on it, nor for an attempt that was superseded: the offsets are the new one's.
    """
    with transaction.atomic():
        locked = Run.objects.select_for_update(skip_locked=True).filter(pk=run.pk).first()
        if locked is None or not Job.objects.filter(pk=locked.job_id, attempt=folder.number).exists():
            return
        _metrics(locked, folder)
        _samples(locked, folder)
        _progress(locked, status)
        locked.save(
            update_fields=["metrics_offset", "samples_offset", "step", "total_steps", "eta_seconds", "state"]
        )
    for name in ("metrics_offset", "samples_offset", "step", "total_steps", "eta_seconds", "state"):
        setattr(run, name, getattr(locked, name))


def _metrics(run: Run, folder: AttemptFolder) -> None:
    rows = []
    for offset, line in folder.lines("metrics", run.metrics_offset):
        run.metrics_offset = offset
        if line["value"] is not None:
            rows.append(
                Metric(
                    run=run,
                    attempt=folder.number,
                    name=line["name"],
                    step=line["step"],
                    value=line["value"],
                    at=datetime.fromtimestamp(line["at"], UTC),
                )
            )
        if len(rows) >= LINES_PER_ROUND:
            break
    Metric.objects.bulk_create(rows, ignore_conflicts=True)


def _samples(run: Run, folder: AttemptFolder) -> None:
    rows = []
    for offset, line in folder.lines("samples", run.samples_offset):
        run.samples_offset = offset
        rows.append(
            Sample(
                run=run,
                step=line["step"],
                number=line["place"],
                prompt=_storable(line["prompt"]),
                text=_storable(line["text"]),
                reference_text=_storable(line["reference"] or ""),
            )
        )
    Sample.objects.bulk_create(rows, ignore_conflicts=True)


def _progress(run: Run, status: dict[str, Any]) -> None:
    if not status:
        return
    run.step = int(status.get("step", run.step))
    run.total_steps = int(status.get("total") or run.total_steps)
    run.eta_seconds = status.get("eta_seconds")
    if run.state == STARTING:
        run.state = RUNNING
        emit(
            subject=run, name="run_running", project_id=run.project_id, from_state=STARTING, to_state=RUNNING
        )


def _storable(text: str) -> str:
    """A young model says anything, NUL included, which PostgreSQL's text does not hold."""
    return text.replace("\x00", "␀")
