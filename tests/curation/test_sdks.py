"""The real SDKs send traces, logs and metrics to a running server; what they sent is there and nothing was dropped."""

import logging
from datetime import date
from typing import Any

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the examples extra is not installed")

from opentelemetry import trace as otel
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from curation.actions.settle_traces import settle_traces
from curation.bodies import load, unpacked
from curation.models import MetricPoint, Span, Trace
from tests.conftest import make_team
from tests.curation.test_otlp_route import make_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(settings: Any) -> str:
    settings.SETTLE_GRACE_SECONDS = 0
    return make_token(make_team("acme"), "ingest")


@pytest.mark.parametrize("compression", list(Compression))
def test_the_opentelemetry_sdk_delivers_all_three_signals(
    live_server: Any, token: str, compression: Compression
) -> None:
    sent: Any = {"headers": {"Authorization": f"Bearer {token}"}, "compression": compression}
    spans, records = TracerProvider(), LoggerProvider()
    spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{live_server.url}/v1/traces", **sent)))
    records.add_log_record_processor(
        BatchLogRecordProcessor(OTLPLogExporter(f"{live_server.url}/v1/logs", **sent))
    )
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{live_server.url}/v1/metrics", **sent))
    meters = MeterProvider([reader])
    with spans.get_tracer("t").start_as_current_span(
        "chat m", attributes={"gen_ai.operation.name": "chat"}
    ) as span:
        context = span.get_span_context()
        records.get_logger("t").emit(
            LogRecord(
                event_name="gen_ai.choice", body={"message": {"content": "A sequence."}}, timestamp=0,
                observed_timestamp=span.start_time, severity_number=SeverityNumber.INFO,  # type: ignore[attr-defined]
                context=otel.set_span_in_context(span),
            )
        )  # fmt: skip
    meters.get_meter("t").create_histogram("gen_ai.client.operation.duration", "s").record(1.5)
    for provider in (spans, records, meters):
        assert provider.force_flush()
        provider.shutdown()
    trace = Trace.objects.get()
    assert trace.external_id == f"{context.trace_id:032x}"
    log = Span.objects.get(kind="log")
    assert log.parent_span_id == f"{context.span_id:016x}"
    assert unpacked(log.body)["attributes"]["log.body"] == {"message": {"content": "A sequence."}}
    [measured] = MetricPoint.objects.durations(trace.project_id, date(2000, 1, 1))
    assert (measured["calls"], measured["seconds"]) == (1, 1.5)


def test_langfuses_sdk_delivers_with_its_own_kind_of_sign_in(live_server: Any, token: str) -> None:
    langfuse = pytest.importorskip("langfuse", reason="the clients extra is not installed")
    client = langfuse.Langfuse(
        public_key="pk-anything", secret_key=token, base_url=live_server.url, tracer_provider=TracerProvider()
    )
    question = [{"role": "user", "content": "What is a list? Ask jane.doe@corp.com"}]
    with client.start_as_current_observation(
        name="answer", as_type="generation", model="m", input=question
    ) as one:
        one.update(output="A sequence.", usage_details={"input": 7, "output": 3})
    client.flush()
    client.shutdown()
    settle_traces()
    trace = Trace.objects.select_related("current").get()
    assert trace.current is not None
    conversation = load(trace.current).conversation
    words = [part["text"] for message in conversation["messages"] for part in message["parts"]]
    assert words[1] == "A sequence."
    assert "jane" not in words[0]
    assert conversation["calls"][0]["usage"] == {"input_tokens": 7, "output_tokens": 3}


def test_langfuses_sdk_with_a_wrong_password_is_told_so(live_server: Any, token: str, caplog: Any) -> None:
    langfuse = pytest.importorskip("langfuse", reason="the clients extra is not installed")
    client = langfuse.Langfuse(
        public_key="pk-other",
        secret_key="wnw_wrong",
        base_url=live_server.url,
        tracer_provider=TracerProvider(),
    )
    with caplog.at_level(logging.ERROR), client.start_as_current_observation(name="a", as_type="generation"):
        pass
    client.flush()
    client.shutdown()
    assert not Trace.objects.exists()
    assert any("401" in record.getMessage() for record in caplog.records)
