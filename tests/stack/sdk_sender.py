"""Run as a program by any OpenTelemetry SDK from 1.32 on: sends traces at a steady pace, prints their ids at the end."""

import json
import sys
import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

address, token, traces, pause = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
exporter = OTLPSpanExporter(
    endpoint=f"{address}/v1/traces", headers={"Authorization": f"Bearer {token}"}, timeout=60
)
provider = TracerProvider(resource=Resource.create({"service.name": "generations"}))
provider.add_span_processor(
    BatchSpanProcessor(exporter, max_queue_size=100_000, max_export_batch_size=32, schedule_delay_millis=100)
)
tracer = provider.get_tracer("generations")
print("sending", flush=True)
sent = []
for number in range(traces):
    with tracer.start_as_current_span("answer") as root:
        sent.append(format(root.get_span_context().trace_id, "032x"))
        messages = [{"role": "user", "parts": [{"type": "text", "content": f"Question {number}?"}]}]
        with tracer.start_as_current_span("chat") as call:
            call.set_attributes(
                {"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps(messages)}
            )
    time.sleep(pause)
provider.force_flush(120_000)
provider.shutdown()
print(json.dumps(sent))
