"""Celery as a doorbell: short tasks with ids only; the job row in PostgreSQL is the truth (architecture, invariant 8)."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("winnow")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks()


@worker_init.connect
def warm_the_kernel(**_: object) -> None:
    """Load the signature kernel before the pool forks: its processes share it, and no task waits for a compiler."""
    from curation.signing.signer import warm

    warm()
