"""Thin bells: start this run, look after all of them. The rows and the run folders are the truth."""

import structlog
from celery import shared_task

log = structlog.get_logger(__name__)


@shared_task(soft_time_limit=300, time_limit=330)
def launch(run_id: str) -> None:
    """Start the run where it waits and there is room; quietly nothing otherwise."""
    from trainers.reconciling import look_after

    look_after(run_id)


@shared_task(soft_time_limit=300, time_limit=330)
def reconcile() -> None:
    """One round over every live run."""
    from trainers.reconciling import reconcile as round_over_all

    round_over_all()


def ring(run_id: str) -> None:
    """Nudge the training worker after commit. A broker that is away costs two seconds: the next round sees the row."""
    try:
        launch.apply_async(args=(run_id,), queue="train", retry=False, expires=60)
    except Exception as error:  # any broker fault: the committed row is the truth
        log.warning("run.nudge_failed", run_id=run_id, error=type(error).__name__)
