"""Send one trace of your own: pip install opentelemetry-exporter-otlp-proto-http, then run this with your token."""

import json
import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

exporter = OTLPSpanExporter(
    endpoint=os.environ.get("WINNOW_URL", "http://127.0.0.1:8000") + "/v1/traces",
    headers={"Authorization": "Bearer " + os.environ["WINNOW_TOKEN"]},
)
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter))


def said(role: str, text: str) -> str:
    """One message as the GenAI conventions write it."""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


with provider.get_tracer("my-app").start_as_current_span("chat my-model") as span:
    span.set_attributes(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "my-model",
            "gen_ai.input.messages": said("user", "Which planet is the largest?"),
            "gen_ai.output.messages": said("assistant", "Jupiter."),
            "winnow.training_use": "allowed",
        }
    )

provider.shutdown()
