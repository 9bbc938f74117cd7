"""Secrets in every place of an OTLP request are not stored: span names, stacks, log bodies of every type, bodies that break."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from curation.bodies import unpacked
from curation.ingest.refused import refused_text
from curation.models import Refusal, Span
from tests.conftest import Team
from tests.curation.otlp_bodies import chat
from tests.curation.test_otlp_logs import post as post_logs
from tests.curation.test_otlp_route import make_token, post

pytestmark = pytest.mark.django_db
MAIL, CARD, OPAQUE = "jane.doe@corp.example", 4111111111111111, "qZ7wK2mX9vB4nT6pR1"
SAID = f"Pay by {CARD}, says {MAIL}: https://x.example/?api_key={OPAQUE}"
BODIES: dict[str, AnyValue] = {
    "a text": AnyValue(string_value=SAID),
    "JSON in a text": AnyValue(string_value=json.dumps({"password": OPAQUE, "deep": json.dumps({"to": MAIL})})),
    "an integer": AnyValue(int_value=CARD),
    "a double": AnyValue(double_value=float(CARD)),
    "bytes": AnyValue(bytes_value=SAID.encode()),
    "an array": AnyValue(array_value=ArrayValue(values=[AnyValue(string_value=SAID), AnyValue(bool_value=True)])),
    "named values": AnyValue(kvlist_value=KeyValueList(values=[
        KeyValue(key="password", value=AnyValue(string_value=OPAQUE)), KeyValue(key=MAIL, value=AnyValue(string_value=SAID)),
    ])),
    "named values in an array": AnyValue(array_value=ArrayValue(values=[
        AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="api_key", value=AnyValue(string_value=OPAQUE))])),
    ])),
}  # fmt: skip


def stored() -> str:
    spans = Span.objects.values("name", "body")
    assert spans
    return "".join(f"{one['name']} {json.dumps(unpacked(one['body']))}" for one in spans)


def told(text: str) -> list[str]:
    return [secret for secret in (MAIL, str(CARD), OPAQUE) if secret in text]


@pytest.mark.parametrize("kind", BODIES)
def test_a_log_body_that_is(team: Team, kind: str) -> None:
    request = ExportLogsServiceRequest()
    one = request.resource_logs.add().scope_logs.add().log_records.add(
        trace_id=b"t" * 16, span_id=b"s" * 8, time_unix_nano=1_793_000_000_000_000_000, event_name="gen_ai.choice"
    )  # fmt: skip
    one.body.CopyFrom(BODIES[kind])
    answer = post_logs(make_token(team, "ingest"), request.SerializeToString())
    assert answer.status_code == 200
    assert told(stored()) == []


def test_a_span_s_name_and_the_stack_of_its_exception(team: Team) -> None:
    request = chat()
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.name = f"GET /users/{MAIL}?api_key={OPAQUE}"
    stack = span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano).attributes.add()
    stack.key, stack.value.string_value = (
        "exception.stacktrace",
        f'File "/app/pay.py", line 7\nHTTPError: {SAID}',
    )
    post(make_token(team, "ingest"), request.SerializeToString())
    assert told(stored()) == []
    assert "GET /users/" in stored()
    assert "/app/pay.py" in stored()


def refused_at(team: Team, cut: int) -> Any:
    """What is kept of OTLP/JSON without its last `cut` characters."""
    attribute: dict[str, Any] = {"key": "app.said", "value": {"stringValue": SAID}}
    span = {"name": f"chat {MAIL}", "attributes": [attribute]}
    whole = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    answer = post(make_token(team, "ingest"), whole[:-cut].encode(), "application/json")
    assert answer.status_code == 400
    assert told(answer.content.decode()) == []
    return refused_text(Refusal.objects.get())


@pytest.mark.parametrize("cut", [1, 3])
def test_otlp_json_that_breaks_off_is_kept_as_flat_text_without_them(team: Team, cut: int) -> None:
    kept = refused_at(team, cut)
    assert "app.said" in kept.text
    assert told(kept.text) == []


def test_of_otlp_json_that_breaks_off_inside_a_secret_nothing_is_kept(team: Team) -> None:
    assert refused_at(team, 30) is None
