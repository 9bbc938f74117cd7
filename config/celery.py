"""Celery as a doorbell: short tasks with ids only; the job row in PostgreSQL is the truth (architecture, invariant 8)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("winnow")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks()
