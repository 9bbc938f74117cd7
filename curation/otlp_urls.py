"""OTLP where every SDK expects it, and where Langfuse's SDK does."""

from django.urls import URLPattern, path

from curation import otlp_views

SIGNALS = {"traces": otlp_views.traces, "logs": otlp_views.logs, "metrics": otlp_views.metrics}


def _under(prefix: str, name: str) -> list[URLPattern]:
    return [path(f"{prefix}v1/{signal}", view, name=f"{name}-{signal}") for signal, view in SIGNALS.items()]


urlpatterns = [*_under("", "otlp"), *_under("api/public/otel/", "otlp-public")]
