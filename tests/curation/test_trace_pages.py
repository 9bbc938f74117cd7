"""Pages and endpoints of traces: what they show, to whom, and that they stay inside their project."""

import io
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from curation import api as api_module
from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.ingest.items import read_records
from curation.ingest.transport import Gate
from curation.models import IngestBatch, Refusal, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import chat
from tests.curation.records import record
from tests.curation.test_otlp_route import make_token
from tests.curation.test_otlp_route import post as post_otlp

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0


def send(team: Team, *values: Any) -> None:
    data = b"\n".join(json.dumps(one).encode() for one in values)
    ingest_batch(
        who=team.lead,
        project=team.project,
        route="jsonl",
        items=read_records(io.BytesIO(data), place="f.jsonl"),
    )
    settle_traces()


@pytest.fixture
def filled(team: Team) -> Team:
    tools = [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 2}'}}]
    asked = [{"role": "user", "content": "Mail me at ada@example.org: what is 2+2? <b>now</b>"},
             {"role": "assistant", "content": None, "tool_calls": tools},
             {"role": "tool", "tool_call_id": "c1", "content": "4"}]  # fmt: skip
    send(
        team,
        record(feedback={"rating": "down", "origin": "user", "needs_work": True}, service="tutor",
               retrieval=[{"doc_id": "kb-1", "text": "Addition.", "score": 0.5}],
               request={"model": "m", "messages": asked}),
        record(request_id="r2", trace_id="cd" * 16, status="error", response=None, error={"type": "timeout"}),
        record(request_id="r3", trace_id="ef" * 16, training_use="denied", colour="red"),
    )  # fmt: skip
    return team


def page(team: Team, path: str) -> str:
    response = team.client(team.lead).get(f"/p/{team.project.slug}/curation/{path}")
    assert response.status_code == 200, response.content[:500]
    return str(response.content.decode())


def test_the_list_shows_questions_and_narrows_by_the_url(filled: Team) -> None:
    assert "Capital of France?" in page(filled, "traces/")
    only = page(filled, "traces/?service=tutor")
    assert "Capital of France?" not in only
    assert "2+2" in only
    assert "Capital of France?" in page(filled, "traces/?state=error")
    assert "2+2" in page(filled, "traces/?feedback=down")
    assert "2+2" in page(filled, "traces/?feedback=needs_work&state=redacted")
    assert "No trace passes these filters" in page(filled, "traces/?domain=nothing")


def test_what_users_wrote_is_escaped_and_identifiers_are_chips(filled: Team) -> None:
    trace = Trace.objects.get(service="tutor")
    for html in (page(filled, "traces/"), page(filled, f"traces/{trace.pk}/")):
        assert "<b>now</b>" not in html
        assert "ada@example.org" not in html
        assert 'class="redacted"' in html


def test_a_trace_shows_its_tools_passages_calls_feedback_and_lineage(filled: Team) -> None:
    html = page(filled, f"traces/{Trace.objects.get(service='tutor').pk}/")
    for shown in ("add", "kb-1", "Model calls", "Thumbs down", "Lineage", "Version 1", "in this batch"):
        assert shown in html


def test_an_earlier_version_can_be_looked_at(filled: Team) -> None:
    send(filled, record(request_id="r9", service="tutor", request={"model": "m", "messages": [
        {"role": "user", "content": "one"}, {"role": "assistant", "content": "two"},
        {"role": "user", "content": "three"}, {"role": "assistant", "content": "four"},
        {"role": "user", "content": "A later question"}]}))  # fmt: skip
    trace = Trace.objects.get(service="tutor")
    assert "A later question" in page(filled, f"traces/{trace.pk}/")
    earlier = page(filled, f"traces/{trace.pk}/?version=1")
    assert "A later question" not in earlier
    assert "This is version 1; version 2 holds." in earlier
    assert "+2 turns" in earlier
    compared = page(filled, f"traces/{trace.pk}/changes/?version=2")
    assert "<ins>" in compared
    assert filled.client(filled.lead).get(f"/p/acme/curation/traces/{trace.pk}/changes/").status_code == 200


def test_a_trace_shows_its_raw_spans_and_each_of_them_redacted(filled: Team) -> None:
    trace = Trace.objects.get(service="tutor")
    html = page(filled, f"traces/{trace.pk}/")
    span = Span.objects.filter(trace_id=trace.pk).first()
    assert span is not None
    assert f'id="span-{span.span_id}"' in html
    told = page(filled, f"traces/{trace.pk}/spans/{span.span_id}/")
    assert "gen_ai.input.messages" in told
    assert "ada@example.org" not in told
    assert 'class="redacted"' in told
    missing = filled.client(filled.lead).get(f"/p/acme/curation/traces/{trace.pk}/spans/{'0' * 15}/")
    assert missing.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_span_that_came_late_and_one_without_its_parent_say_so(team: Team) -> None:
    token = make_token(team, "ingest")
    post_otlp(token, chat(trace_id=b"t" * 16, span_id=b"r" * 8).SerializeToString())
    settle_traces()
    post_otlp(
        token, chat("And then?", trace_id=b"t" * 16, span_id=b"l" * 8, parent_id=b"g" * 8).SerializeToString()
    )
    settle_traces()
    html = page(team, f"traces/{Trace.objects.get().pk}/")
    assert "1 came after the conversation was put together" in html
    assert "1 span whose parent never came:" in html
    assert (b"g" * 8).hex() in html


def test_many_spans_load_when_they_are_scrolled_to(filled: Team) -> None:
    trace = Trace.objects.get(service="tutor")
    Trace.objects.filter(pk=trace.pk).update(span_count=500)
    html = page(filled, f"traces/{trace.pk}/")
    assert "Show 500 spans" in html
    assert 'class="waterfall"' not in html
    assert 'class="waterfall"' in page(filled, f"traces/{trace.pk}/spans/")


def test_the_normal_form_is_a_file_for_those_who_may_read_traces(filled: Team) -> None:
    trace = Trace.objects.get(service="tutor")
    address = f"/p/acme/curation/traces/{trace.pk}/normal-form.json"
    answer = filled.client(filled.lead).get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="trace-{trace.pk}-v1.json"'
    assert answer.json()["conversation"]["retrieval"][0]["document_id"] == "kb-1"
    assert answer.json()["marks"][0]["kind"] == "email"
    assert filled.client(filled.annotator).get(address).status_code == 403
    assert filled.client(filled.lead).get(f"{address}?version=7").status_code == 404


def test_an_unsettled_trace_says_so(team: Team, settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 100
    send(team, record())
    assert "Not settled yet" in page(team, f"traces/{Trace.objects.get().pk}/")


def test_refused_rows_are_listed_with_what_to_do(filled: Team) -> None:
    assert "unknown field" in page(filled, "ingest/")
    listed = page(filled, "refusals/?code=unknown_field")
    assert "f.jsonl:3" in listed
    assert "colour" in listed
    assert "f.jsonl:3" in page(filled, f"ingest/{IngestBatch.objects.get().pk}/")
    assert "No row was refused" in page(filled, "refusals/?code=other")


def test_empty_pages_name_the_first_step(team: Team) -> None:
    assert "Connect your product" in page(team, "traces/")
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in page(team, "ingest/")


def test_an_annotator_has_no_list_of_traces(filled: Team) -> None:
    client = filled.client(filled.annotator)
    assert client.get("/p/acme/curation/traces/").status_code == 403


def test_a_stranger_finds_nothing(filled: Team, other_team: Team) -> None:
    trace, batch = Trace.objects.filter(project=filled.project).first(), IngestBatch.objects.get()
    assert trace is not None
    client = other_team.client(other_team.lead)
    for path in ("traces/", f"traces/{trace.pk}/", "ingest/", f"ingest/{batch.pk}/", "refusals/"):
        assert client.get(f"/p/acme/curation/{path}").status_code == 404
        if "-" in path:
            assert client.get(f"/p/other/curation/{path}").status_code == 404
    assert client.get(f"/api/v1/projects/other/traces/{trace.pk}").status_code == 404


def api(team: Team, path: str, **more: Any) -> Any:
    return team.client(team.lead).get(f"/api/v1/projects/{team.project.slug}/{path}", **more)


def test_the_api_lists_filters_and_reads_traces(filled: Team) -> None:
    rows = api(filled, "traces").json()["results"]
    assert len(rows) == 2
    [row] = api(filled, "traces?service=tutor&feedback=down").json()["results"]
    assert row["question"].startswith("Mail me at user-")
    whole = api(filled, f"traces/{row['id']}").json()
    assert whole["conversation"]["retrieval"][0]["document_id"] == "kb-1"
    assert whole["marks"][0]["kind"] == "email"


def test_the_api_lists_batches_and_refusals(filled: Team) -> None:
    assert api(filled, "ingest-batches").json()["results"][0]["refused"] == 1
    [row] = api(filled, "refusals?code=unknown_field").json()["results"]
    assert (row["line"], row["field"]) == (3, "colour")


@pytest.mark.parametrize(
    "kind", ["application/x-ndjson", "application/gzip", "application/x-www-form-urlencoded"]
)
def test_a_batch_is_posted_as_lines(team: Team, kind: str) -> None:
    body = b"\n".join(
        [json.dumps(record()).encode(), b"broken", json.dumps(record(request_id="r2")).encode()]
    )
    headers = {"Authorization": f"Bearer {make_token(team, 'ingest')}"}
    url = "/api/v1/projects/acme/traces:batch"
    answer = Client().post(url, body, content_type=kind, headers=headers)
    assert answer.status_code == 200, answer.content
    report = answer.json()
    assert (report["accepted"], report["refused"]) == (2, 1)
    assert report["problems"][0]["line"] == 2
    again = Client().post(url, body, content_type=kind, headers=headers).json()
    assert (again["accepted"], again["redelivered"]) == (0, 2)
    assert Refusal.objects.count() == 2


def test_a_batch_may_say_what_may_be_trained_on(team: Team) -> None:
    headers = {"Authorization": f"Bearer {make_token(team, 'ingest')}"}
    url = "/api/v1/projects/acme/traces:batch"
    body = json.dumps(record()).encode()
    bad = Client().post(
        f"{url}?training_use=perhaps", body, content_type="application/x-ndjson", headers=headers
    )
    assert bad.status_code == 400
    Client().post(f"{url}?training_use=denied", body, content_type="application/x-ndjson", headers=headers)
    assert Trace.objects.get().training_use == "denied"


def test_an_empty_batch_is_no_error(team: Team) -> None:
    headers = {"Authorization": f"Bearer {make_token(team, 'ingest')}"}
    answer = Client().post(
        "/api/v1/projects/acme/traces:batch", b"", content_type="application/x-ndjson", headers=headers
    )
    assert answer.json()["accepted"] == 0


def test_trouble_of_ours_is_said_plainly_and_too_many_at_once_come_back_later(
    team: Team, monkeypatch: Any
) -> None:
    def gone(**_: Any) -> None:
        raise OperationalError("server closed the connection: secret detail")

    headers = {"Authorization": f"Bearer {make_token(team, 'ingest')}"}
    url, body = "/api/v1/projects/acme/traces:batch", json.dumps(record()).encode()
    full = Gate(1)
    with monkeypatch.context() as patch, full.enter():
        patch.setattr(api_module, "gate", full)
        busy = Client().post(url, body, content_type="application/x-ndjson", headers=headers)
    assert busy.status_code == 429
    assert int(busy["Retry-After"]) > 0
    monkeypatch.setattr(api_module, "ingest_batch", gone)
    away = Client().post(url, body, content_type="application/x-ndjson", headers=headers)
    assert (away.status_code, away.json()["title"]) == (503, "storage away")
    assert "secret" not in away.content.decode()
