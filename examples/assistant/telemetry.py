"""The OpenTelemetry SDK set up to send spans to Winnow: OTLP over HTTP, protobuf, gzip, in batches."""

from __future__ import annotations

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

QUEUE, BATCH = 50_000, 512


def provider(endpoint: str, token: str) -> TracerProvider:
    """A tracer provider that sends to `endpoint` (the server's address, or the whole `/v1/traces` URL)."""
    url = endpoint if endpoint.endswith("/v1/traces") else endpoint.rstrip("/") + "/v1/traces"
    exporter = OTLPSpanExporter(
        endpoint=url, headers={"Authorization": f"Bearer {token}"}, compression=Compression.Gzip, timeout=60
    )
    made = TracerProvider(resource=Resource.create({
        "service.name": "python-docs-assistant",
        "service.version": "1.0.0",
        "deployment.environment.name": "demo",
        "winnow.simulated": True,
    }))  # fmt: skip
    made.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=QUEUE, max_export_batch_size=BATCH))
    return made
