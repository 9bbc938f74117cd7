"""Log records over OTLP: spans of no duration that join their span whichever comes first, counted when left out."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)

from curation.bodies import unpacked
from curation.models import IngestBatch, Refusal, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import ROOT, TRACE, chat
from tests.curation.test_otlp_route import PROTOBUF, make_token

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def token(team: Team) -> str:
    return make_token(team, "ingest")


def post(token: str, body: bytes, kind: str = PROTOBUF, where: str = "/v1/logs") -> Any:
    return Client().post(where, body, content_type=kind, headers={"Authorization": f"Bearer {token}"})


def request(*records: dict[str, Any]) -> ExportLogsServiceRequest:
    """A request of log records; `said` is the body, the rest are fields of the record."""
    made = ExportLogsServiceRequest()
    group = made.resource_logs.add()
    service = group.resource.attributes.add()
    service.key, service.value.string_value = "service.name", "helpdesk"
    for fields in records:
        record = group.scope_logs.add().log_records.add()
        record.time_unix_nano = time.time_ns() // 10**9 * 10**9
        for name, value in ({"trace_id": TRACE, "span_id": ROOT} | fields).items():
            if name == "said":
                _say(record.body, value)
            elif name == "attributes":
                for key, text in value.items():
                    pair = record.attributes.add()
                    pair.key, pair.value.string_value = key, text
            else:
                setattr(record, name, value)
    return made


def _say(body: Any, value: Any) -> None:
    if isinstance(value, str):
        body.string_value = value
        return
    for key, text in value.items():
        pair = body.kvlist_value.values.add()
        pair.key, pair.value.string_value = key, text


def stored() -> dict[str, Any]:
    body: dict[str, Any] = unpacked(Span.objects.get(kind="log").body)
    return body


def test_a_record_is_stored_as_a_span_of_no_duration_in_the_span_it_was_written_in(token: str) -> None:
    said = {"role": "user", "content": "What is a list?"}
    sent = request({"event_name": "gen_ai.user.message", "said": said, "severity_text": "INFO"})
    response = post(token, sent.SerializeToString())
    assert (response.status_code, response["Content-Type"]) == (200, PROTOBUF)
    assert not ExportLogsServiceResponse.FromString(response.content).HasField("partial_success")
    span = stored()
    assert (span["kind"], span["name"], span["parent_id"]) == ("log", "gen_ai.user.message", ROOT.hex())
    assert span["span_id"].startswith(f"{ROOT.hex()}:")
    assert len(span["span_id"]) == 33
    assert span["start"] == span["end"]
    assert (span["attributes"]["log.body"], span["attributes"]["log.severity"]) == (said, "INFO")
    assert IngestBatch.objects.get().route == "logs"


def test_the_name_may_stand_in_an_attribute(token: str) -> None:
    post(token, request({"attributes": {"event.name": "gen_ai.choice"}, "said": "x"}).SerializeToString())
    assert stored()["name"] == "gen_ai.choice"


def test_json_reads_like_protobuf(token: str) -> None:
    record = {
        "traceId": TRACE.hex(), "spanId": ROOT.hex(), "timeUnixNano": str(time.time_ns()), "severityNumber": 9,
        "eventName": "gen_ai.choice",
        "body": {"kvlistValue": {"values": [{"key": "index", "value": {"intValue": "0"}}]}},
    }  # fmt: skip
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record, {"timeUnixNano": "--5"}]}]}]}
    response = post(token, json.dumps(body).encode(), JSON)
    assert response.json()["partialSuccess"]["rejectedLogRecords"] == "1"
    assert stored()["attributes"] == {"log.body": {"index": 0}, "log.severity_number": 9}


@pytest.mark.parametrize("logs_first", [True, False])
def test_logs_and_spans_become_one_trace_in_either_order(token: str, logs_first: bool) -> None:
    sends = [
        lambda: post(token, request({"event_name": "gen_ai.choice", "said": "x"}).SerializeToString()),
        lambda: post(token, chat().SerializeToString(), where="/v1/traces"),
    ]
    for send in sends if logs_first else reversed(sends):
        assert send().status_code == 200
    assert Trace.objects.get().span_count == 2


def test_a_record_delivered_twice_is_stored_once_and_another_beside_it_too(token: str) -> None:
    one = request({"event_name": "gen_ai.choice", "said": "x"}).SerializeToString()
    for body in (one, one, request({"event_name": "gen_ai.choice", "said": "y"}).SerializeToString()):
        post(token, body)
    assert Span.objects.filter(kind="log").count() == 2
    assert not Refusal.objects.exists()
    assert sum(IngestBatch.objects.values_list("redelivered", flat=True)) == 1


def test_a_record_of_no_trace_that_tells_of_a_model_is_refused(token: str) -> None:
    sent = request({"trace_id": b"", "span_id": b"", "event_name": "gen_ai.choice", "said": "x"})
    answer = ExportLogsServiceResponse.FromString(post(token, sent.SerializeToString()).content)
    assert answer.partial_success.rejected_log_records == 1
    assert Refusal.objects.get().code == "not_in_a_trace"


def test_a_record_of_no_trace_and_no_interest_is_counted_and_left_out(team: Team, token: str) -> None:
    loose = {"trace_id": b"", "span_id": b"", "said": "GET / 200"}
    response = post(token, request(loose, {"said": "kept"}).SerializeToString())
    assert not ExportLogsServiceResponse.FromString(response.content).HasField("partial_success")
    batch = IngestBatch.objects.get()
    assert (batch.left_out, batch.accepted, batch.refused) == (1, 1, 0)
    page = team.client(team.lead).get(f"/p/{team.project.slug}/curation/ingest/{batch.pk}/")
    assert "Left out" in page.content.decode()
    counted = Client().get("/metrics").content.decode()
    assert 'winnow_ingest_rows_total{outcome="left_out",route="logs"}' in counted


def test_an_identifier_in_a_log_body_is_not_stored(token: str) -> None:
    post(token, request({"said": {"content": "write to jane.doe@corp.com"}}).SerializeToString())
    assert "jane.doe" not in json.dumps(stored())


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"trace_id": b"no"}, "broken_id"),
        ({"span_id": b""}, "missing_id"),
        ({"time_unix_nano": 5}, "bad_time"),
    ],
)
def test_a_broken_record_refuses_itself(token: str, broken: dict[str, Any], code: str) -> None:
    assert post(token, request(broken, {"said": "sound"}).SerializeToString()).status_code == 200
    assert Refusal.objects.get().code == code
    assert Span.objects.count() == 1


def test_one_string_that_is_not_utf8_costs_one_record(token: str) -> None:
    sent = request({"said": "sound"}, {"said": "QQQQ"}).SerializeToString()
    assert post(token, sent.replace(b"QQQQ", b"\xff\xfe\xfd\xfc")).status_code == 200
    assert Refusal.objects.get().code == "invalid_utf8"
    assert Span.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"\xffno", PROTOBUF), (b"[]", JSON), (b'{"resourceLogs": 1}', JSON), (b'{"resourceLogs": [1]}', JSON)],
)
def test_a_body_that_is_no_request_is_on_record(token: str, body: bytes, kind: str) -> None:
    assert post(token, body, kind).status_code == 400
    assert Refusal.objects.get().code == "malformed_request"
