"""OpenAI's client with OpenTelemetry's own instrumentation (GenAI semantic conventions)."""

import os

import openai
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"

exporter = OTLPSpanExporter(
    endpoint=os.environ["WINNOW_URL"] + "/v1/traces",
    headers={"Authorization": "Bearer " + os.environ["WINNOW_TOKEN"]},
)
provider = TracerProvider(resource=Resource.create({"service.name": "my-app"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
OpenAIInstrumentor().instrument(tracer_provider=provider)

answer = openai.OpenAI().chat.completions.create(
    model="gpt-5-mini", messages=[{"role": "user", "content": "Which planet is the largest?"}]
)
print(answer.choices[0].message.content)
provider.shutdown()
