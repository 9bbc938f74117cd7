"""The OTLP route: only tokens that may ingest, nothing lost under trouble, replies an SDK understands."""

import base64
import gzip
import json
import zlib
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from structlog.testing import capture_logs

from accounts.models import ApiToken
from accounts.tokens import digest, new_secret
from curation import otlp_views
from curation.actions.settle_traces import settle_traces
from curation.formats.messages import read_messages
from curation.ingest.transport import Gate
from curation.models import Asset, AssetVersion, IngestBatch, Refusal, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import CHILD, chat, joined

pytestmark = pytest.mark.django_db
PROTOBUF = "application/x-protobuf"


def make_token(team: Team, *scopes: str, owner: str = "lead", **more: Any) -> str:
    secret = new_secret()
    person = getattr(team, owner)
    ApiToken.objects.create(
        project=team.project, owner=person, name=secret[-12:], prefix=secret[:12], token_sha256=digest(secret),
        scopes=list(scopes), **more,
    )  # fmt: skip
    return secret


@pytest.fixture
def token(team: Team) -> str:
    return make_token(team, "ingest")


def post(token: str, body: bytes, kind: str = PROTOBUF, **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {token}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Client().post("/v1/traces", body, content_type=kind, headers=sent)


def test_a_batch_is_taken_and_answered_in_its_own_encoding(token: str) -> None:
    response = post(token, chat().SerializeToString())
    assert (response.status_code, response["Content-Type"]) == (200, PROTOBUF)
    assert not ExportTraceServiceResponse.FromString(response.content).HasField("partial_success")
    body: dict[str, Any] = {"resourceSpans": []}
    response = post(token, json.dumps(body).encode(), "application/json")
    assert (response.status_code, response["Content-Type"], response.json()) == (200, "application/json", {})


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes), ("", bytes)],
)
def test_compressed_bodies_are_read(token: str, encoding: str, pack: Any) -> None:
    response = post(token, pack(chat().SerializeToString()), Content_Encoding=encoding)
    assert response.status_code == 200
    assert Trace.objects.count() == 1


def test_a_broken_span_is_answered_as_partial_success(token: str) -> None:
    body = joined(chat(), chat(span_id=b"no"), chat(span_id=CHILD)).SerializeToString()
    answer = ExportTraceServiceResponse.FromString(post(token, body).content)
    assert answer.partial_success.rejected_spans == 1
    assert "span_id is not 8 bytes" in answer.partial_success.error_message
    assert Span.objects.count() == 2


def test_a_redelivered_batch_is_success_and_changes_nothing(token: str) -> None:
    body = chat().SerializeToString()
    post(token, body)
    response = post(token, body)
    assert response.status_code == 200
    assert not ExportTraceServiceResponse.FromString(response.content).HasField("partial_success")
    assert Span.objects.count() == 1


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wnw_unknown", "Basic abc"])
def test_without_a_valid_token_nothing_is_read(team: Team, header: str) -> None:
    with capture_logs() as lines:
        response = Client().post("/v1/traces", b"x", content_type=PROTOBUF, headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    told = [line for line in lines if line["event"] == "otlp.turned_away"]
    assert len(told) == 1
    assert "wnw_" not in str(told)


def test_a_token_that_may_only_read_cannot_send(team: Team) -> None:
    response = post(make_token(team, "read"), chat().SerializeToString())
    assert response.status_code == 403
    assert not Trace.objects.exists()


def test_a_token_of_somebody_whose_role_may_not_send_cannot_send(team: Team) -> None:
    assert post(make_token(team, "ingest", owner="annotator"), chat().SerializeToString()).status_code == 403


def test_the_default_of_the_token_is_what_may_be_trained_on(team: Team) -> None:
    post(make_token(team, "ingest", training_use="denied"), chat().SerializeToString())
    trace = Trace.objects.get()
    assert (trace.training_use, trace.training_use_source) == ("denied", "token")


@pytest.mark.parametrize(
    "fault", [OperationalError("gone"), ImproperlyConfigured("no keyring"), OSError("disk full")]
)
def test_trouble_of_ours_asks_the_sender_to_come_back(token: str, monkeypatch: Any, fault: Exception) -> None:
    def broken(**_: Any) -> None:
        raise fault

    monkeypatch.setattr(otlp_views, "ingest_batch", broken)
    response = post(token, chat().SerializeToString())
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert str(fault).encode() not in response.content


def test_without_usable_rules_nothing_is_taken_in(team: Team, token: str) -> None:
    asset = Asset.objects.create(project=team.project, kind="redaction_rules", name="structured")
    asset.current = AssetVersion.objects.create(
        project=team.project, asset=asset, number=1, sha256="0" * 64, body={"rules": [{"pattern": "("}]}
    )
    asset.save()
    response = post(token, chat().SerializeToString())
    assert response.status_code == 503
    assert not Span.objects.exists()


def test_overload_asks_the_sender_to_come_back(token: str, monkeypatch: Any) -> None:
    full = Gate(1)
    monkeypatch.setattr(otlp_views, "gate", full)
    with full.enter():
        assert post(token, chat().SerializeToString()).status_code == 503
    assert post(token, chat().SerializeToString()).status_code == 200


def test_a_gzip_bomb_stops_at_the_limit(token: str, settings: Any) -> None:
    settings.MAX_OTLP_BYTES = 1 << 20
    response = post(token, gzip.compress(b"\0" * (50 << 20)), Content_Encoding="gzip")
    assert response.status_code == 413


def test_twenty_megabytes_are_taken(token: str) -> None:
    body = chat("x" * (20 << 20)).SerializeToString()
    assert post(token, gzip.compress(body, 1), Content_Encoding="gzip").status_code == 200


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"\x1f\x8b broken", "gzip"), (gzip.compress(b"cut", mtime=0)[:-9], "gzip"), (b"x", "br")],
)
def test_a_body_that_cannot_be_decoded_is_refused(token: str, body: bytes, encoding: str) -> None:
    assert post(token, body, Content_Encoding=encoding).status_code == 400


def test_a_malformed_request_is_on_record_without_its_content(token: str) -> None:
    response = post(token, b"\xffmy secret canary")
    assert response.status_code == 400
    assert b"canary" not in response.content
    refusal = Refusal.objects.get()
    assert (refusal.code, refusal.length) == ("malformed_request", 17)
    assert IngestBatch.objects.get().refused == 1


def test_another_content_type_is_named(token: str) -> None:
    assert post(token, b"{}", "text/plain").status_code == 415


def test_two_projects_with_one_trace_id_stay_apart(team: Team, other_team: Team) -> None:
    body = chat().SerializeToString()
    post(make_token(team, "ingest"), body)
    post(make_token(other_team, "ingest"), body)
    assert Trace.objects.count() == 2
    assert Span.objects.values("project_id").distinct().count() == 2


def test_what_came_in_is_counted_for_prometheus(token: str) -> None:
    post(token, chat().SerializeToString())
    counted = Client().get("/metrics").content.decode()
    assert 'winnow_ingest_rows_total{outcome="accepted",route="otlp"}' in counted


def test_a_nul_hidden_in_json_refuses_its_span_and_settling_goes_on(
    team: Team, token: str, settings: Any
) -> None:
    settings.SETTLE_GRACE_SECONDS = 0
    hidden, sound = chat("a\x00b"), chat("What is a set?", trace_id=b"s" * 16)
    assert post(token, joined(hidden, sound).SerializeToString()).status_code == 200
    assert Refusal.objects.get().code == "nul_character"
    assert settle_traces() == 1


def test_a_nul_in_what_a_tool_was_given_stays_the_text_it_was(team: Team) -> None:
    calls = [{"type": "tool_call", "id": "1", "name": "read", "arguments": '{"path": "a\\u0000b"}'}]
    assert read_messages([{"role": "assistant", "parts": calls}])[0]["parts"][0]["arguments"] == (
        '{"path": "a\\u0000b"}'
    )


def test_an_address_with_a_nul_is_a_bad_request(team: Team) -> None:
    page = f"/p/{team.project.slug}/curation/traces/?service=%00"
    assert team.client(team.lead).get(page).status_code == 400


def test_a_filter_that_is_no_id_is_a_bad_request(team: Team) -> None:
    page = f"/api/v1/projects/{team.project.slug}/refusals?batch=nonsense"
    assert team.client(team.lead).get(page).status_code == 400


@pytest.mark.parametrize("value", ["--5", "-", "5-", "+5", " 5", "9" * 19])
def test_a_number_that_is_none_refuses_its_span_only(token: str, value: str) -> None:
    body = {
        "resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": value}, {"name": "another"}]}]}]
    }
    answer = post(token, json.dumps(body).encode(), "application/json")
    assert answer.status_code == 200
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "2"


def test_spans_that_are_no_list_are_no_request(token: str) -> None:
    assert post(token, b'{"resourceSpans": {"a": 1}}', "application/json").status_code == 400


def test_a_refusal_does_not_repeat_the_header(token: str) -> None:
    answer = post(token, b"{}", "application/json", Content_Encoding="hunter2")
    assert answer.status_code == 400
    assert b"hunter2" not in answer.content


@pytest.mark.parametrize("user", ["", "pk-lf-anything", "acme"])
def test_langfuses_address_takes_the_token_as_a_password(team: Team, token: str, user: str) -> None:
    packed = base64.b64encode(f"{user}:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {packed}", "x-langfuse-ingestion-version": "4"}
    answer = Client().post(
        "/api/public/otel/v1/traces", chat().SerializeToString(), content_type=PROTOBUF, headers=headers
    )
    assert answer.status_code == 200
    assert Trace.objects.count() == 1


@pytest.mark.parametrize("packed", ["", "===", "bm8gY29sb24=", base64.b64encode(b"a:wnw_wrong").decode()])
def test_a_wrong_password_is_asked_for_again(team: Team, packed: str) -> None:
    headers = {"Authorization": f"Basic {packed}"}
    answer = Client().post("/api/public/otel/v1/logs", b"x", content_type=PROTOBUF, headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Basic")


def test_deflate_without_its_header_is_read_too(token: str) -> None:
    pack = zlib.compressobj(wbits=-15)
    body = pack.compress(chat().SerializeToString()) + pack.flush()
    assert post(token, body, Content_Encoding="deflate").status_code == 200
    assert post(token, b"neither nor", Content_Encoding="deflate").status_code == 400
