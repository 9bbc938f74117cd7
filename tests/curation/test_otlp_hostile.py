"""OTLP as a hostile or a careless sender writes it: nothing slips past redaction, nothing is lost or told to come back for ever."""

import base64
import gzip
import json
import os
import time
from typing import Any

import pytest
from django.test import Client
from google.protobuf.json_format import ParseDict  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from core import keyring
from curation.bodies import unpacked
from curation.models import IngestBatch, MetricPoint, Refusal, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import CHILD, chat
from tests.curation.test_otlp_route import PROTOBUF, make_token

pytestmark = pytest.mark.django_db
JSON = "application/json"
MAIL = "jane.roe@canary-corp.com"
DAY = 86_400 * 10**9


@pytest.fixture
def token(team: Team) -> str:
    return make_token(team, "ingest")


def post(token: str, body: Any, kind: str = JSON, *, to: str = "traces", **headers: str) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"Authorization": f"Bearer {token}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Client().post(f"/v1/{to}", sent, content_type=kind, headers=named)


def span(**more: Any) -> dict[str, Any]:
    return {
        "traceId": os.urandom(16).hex(), "spanId": os.urandom(8).hex(), "name": "chat",
        "startTimeUnixNano": str(time.time_ns()), "endTimeUnixNano": str(time.time_ns()), **more,
    }  # fmt: skip


def spans(*given: dict[str, Any], **resource: Any) -> dict[str, Any]:
    attributes = [{"key": name, "value": value} for name, value in resource.items()]
    scoped = [{"scope": {"name": "assistant"}, "spans": list(given)}]
    return {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": scoped}]}


def of_json(body: dict[str, Any]) -> ExportTraceServiceRequest:
    """The same request in protobuf, whose JSON writes ids as base64."""
    copy = json.loads(json.dumps(body))
    for one in copy["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        one |= {name: base64.b64encode(bytes.fromhex(one[name])).decode() for name in ("traceId", "spanId")}
    made = ExportTraceServiceRequest()
    ParseDict(copy, made)
    return made


def gauge(at: int, **more: Any) -> dict[str, Any]:
    points = [{"timeUnixNano": str(at), "asDouble": 1.5, **more}]
    return {
        "resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "g", "gauge": {"dataPoints": points}}]}]}]
    }


def test_every_member_of_a_gzip_body_is_read(token: str) -> None:
    body = b"".join(
        gzip.compress(one.SerializeToString()) for one in (chat(trace_id=b"a" * 16), chat(trace_id=b"b" * 16))
    )
    assert post(token, body, PROTOBUF, Content_Encoding="gzip").status_code == 200
    assert Trace.objects.count() == 2


def test_a_gzip_body_whose_last_member_is_cut_is_not_acknowledged(token: str) -> None:
    whole = gzip.compress(chat().SerializeToString())
    assert post(token, whole + whole[:-4], PROTOBUF, Content_Encoding="gzip").status_code == 400
    assert not Trace.objects.exists()


def test_a_resource_that_cannot_be_read_refuses_its_parts_for_good(token: str) -> None:
    answer = post(token, spans(span(), host={"intValue": "9" * 30}))
    assert (answer.status_code, answer.json()["partialSuccess"]["rejectedSpans"]) == (200, "1")
    groups = [{"resource": {"attributes": [{"key": "host", "value": {"intValue": "9" * 30}}]}}, {}]
    for group in groups:
        group["scopeLogs"] = [{"logRecords": [span(timeUnixNano=str(time.time_ns()))]}]  # type: ignore[assignment]
    answer = post(token, {"resourceLogs": groups}, to="logs")
    assert (answer.status_code, answer.json()["partialSuccess"]["rejectedLogRecords"]) == (200, "1")
    assert {row.field for row in Refusal.objects.all()} == {"resource.attributes.intValue"}
    assert Span.objects.count() == 1


def test_words_where_a_measurement_has_numbers_are_refused(token: str) -> None:
    words: list[dict[str, Any]] = [
        {"flags": MAIL}, {"bucketCounts": [MAIL]}, {"positive": {"offset": MAIL}}, {"positive": {MAIL: 1}},
        {"quantileValues": [{"quantile": MAIL}]}, {"min": [[[[1]]]]},
    ]  # fmt: skip
    for more in words:
        answer = post(token, gauge(time.time_ns(), **more), to="metrics")
        assert answer.json()["partialSuccess"]["rejectedDataPoints"] == "1"
    assert not MetricPoint.objects.exists()
    assert not [row for row in Refusal.objects.all() if MAIL in f"{row.field}{row.message}"]


def test_a_measurement_from_long_ago_opens_no_partition(token: str) -> None:
    answer = post(token, gauge(time.time_ns() - 3000 * DAY), to="metrics")
    assert answer.json()["partialSuccess"]["rejectedDataPoints"] == "1"
    assert Refusal.objects.get().code == "bad_time"


def test_a_text_sent_as_bytes_is_redacted(token: str) -> None:
    attributes = [{"key": "note", "value": {"bytesValue": base64.b64encode(MAIL.encode()).decode()}}]
    body = spans(span(attributes=attributes))
    assert post(token, body).status_code == 200
    stored = unpacked(Span.objects.get().body)
    assert stored["attributes"]["note"].endswith("@example.invalid")
    post(token, of_json(body).SerializeToString(), PROTOBUF)
    assert IngestBatch.objects.latest("received_at").redelivered == 1


@pytest.mark.parametrize(
    "value", [{"doubleValue": 1}, {"doubleValue": "NaN"}, {"bytesValue": "AAEC/w=="}, {"arrayValue": {}}]
)
def test_the_same_span_in_the_other_encoding_is_the_same(token: str, value: dict[str, Any]) -> None:
    body = spans(span(attributes=[{"key": "a", "value": value}]))
    post(token, body)
    answer = post(token, of_json(body).SerializeToString(), PROTOBUF)
    assert not ExportTraceServiceResponse.FromString(answer.content).HasField("partial_success")


def test_a_span_beside_a_broken_one_is_the_same_as_without_it(token: str) -> None:
    whole = of_json(spans(span()))
    post(token, whole.SerializeToString(), PROTOBUF)
    broken = whole.resource_spans[0].scope_spans[0].spans.add(name="QQQQ", trace_id=b"t" * 16)
    broken.span_id = CHILD
    post(token, whole.SerializeToString().replace(b"QQQQ", b"\xff\xfe\xff\xfe"), PROTOBUF)
    last = IngestBatch.objects.latest("received_at")
    assert (last.redelivered, last.conflicting, last.refused) == (1, 0, 1)


def test_zeros_for_a_parent_mean_none_in_json_too(token: str) -> None:
    assert post(token, spans(span(parentSpanId="0" * 16))).json() == {}
    assert Span.objects.get().parent_span_id == ""


def test_a_denial_holds_whichever_delivery_of_the_trace_it_came_with(team: Team, token: str) -> None:
    post(token, chat().SerializeToString(), PROTOBUF)
    denying = make_token(team, "ingest", training_use="denied")
    post(denying, chat(span_id=CHILD).SerializeToString(), PROTOBUF)
    post(token, chat(span_id=b"c" * 8).SerializeToString(), PROTOBUF)
    trace = Trace.objects.get()
    assert (trace.training_use, trace.training_use_source, trace.span_count) == ("denied", "token", 3)


def test_what_has_no_id_of_its_own_is_known_again_after_the_key_was_rotated(
    team: Team, token: str, settings: Any, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(keyring.keyring.cache_clear)
    at = str(time.time_ns())
    record = {"traceId": "ab" * 16, "spanId": "cd" * 8, "timeUnixNano": at, "body": {"stringValue": "hello"}}
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    said = b'{"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "yo"}]}'
    old, new = "ab" * 32, "cd" * 32
    for keys in ({"active": "a", "keys": {"a": old}}, {"active": "b", "keys": {"a": old, "b": new}}):
        settings.KEYRING_JSON = json.dumps(keys)
        keyring.keyring.cache_clear()
        post(token, logs, to="logs")
        post(token, gauge(int(at)), to="metrics")
        form = {"content_type": "application/x-ndjson", "headers": {"Authorization": f"Bearer {token}"}}
        Client().post(f"/api/v1/projects/{team.project.slug}/traces:batch?format=sharegpt", said, **form)  # type: ignore[arg-type]
    batches = IngestBatch.objects.order_by("received_at").values_list("accepted", "redelivered")
    assert list(batches) == [(1, 0)] * 3 + [(0, 1)] * 3
