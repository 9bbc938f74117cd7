"""Liveness, readiness with what is missing, and Prometheus metrics."""

from collections.abc import Callable

from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.connection import Connection
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily

from config.celery import app as celery_app
from core.keyring import keyring
from core.models import Job


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with Connection(celery_app.conf.broker_url, connect_timeout=1) as broker:
        broker.ensure_connection(max_retries=0, timeout=1)


CHECKS: dict[str, Callable[[], object]] = {"database": _database, "broker": _broker, "keyring": keyring}


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part the product needs, by name; 503 while the database or the keyring is away (a broker may be)."""
    parts: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check()
            parts[name] = "ok"
        except Exception as error:  # whatever is wrong with a part is its status here
            parts[name] = type(error).__name__
    ready = parts["database"] == "ok" and parts["keyring"] == "ok"
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


class JobCollector:
    """Jobs by kind and state, read at scrape time: the queue's truth is in PostgreSQL."""

    def collect(self) -> list[GaugeMetricFamily]:
        """One gauge per (kind, state)."""
        gauge = GaugeMetricFamily("winnow_jobs", "Jobs by kind and state", labels=["kind", "state"])
        for row in Job.objects.values("kind", "state").annotate(count=Count("id")):
            gauge.add_metric([row["kind"], row["state"]], row["count"])
        return [gauge]

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when the collector is registered."""
        return []


REGISTRY.register(JobCollector())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
