"""Send one trace of your own: pip install opentelemetry-exporter-otlp-proto-http, then

WINNOW_TOKEN=wnw_… WINNOW_URL=http://127.0.0.1:8000 python send_a_trace.py
"""

import json
import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

address = os.environ.get("WINNOW_URL", "http://127.0.0.1:8000")
token = os.environ.get("WINNOW_TOKEN")
if not token:
    raise SystemExit("Set WINNOW_TOKEN: make a token that may send traces on the API tokens page.")

exporter = OTLPSpanExporter(endpoint=address + "/v1/traces", headers={"Authorization": f"Bearer {token}"})
provider = TracerProvider(resource=Resource.create({"service.name": "my-app"}))
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
print(f"Sent. It stands on top of the Traces page of {address} within seconds; a refusal is printed above.")
