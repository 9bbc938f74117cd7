"""Files of every format through the doors: the command, the JSONL route, the page; stored once, redacted, named."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from curation import upload_views
from curation.actions.settle_traces import settle_traces
from curation.bodies import load
from curation.conversation import answer_text
from curation.models import IngestBatch, Receipt, Span, Trace
from tests.conftest import Team
from tests.curation.records import record
from tests.curation.test_otlp_route import make_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
MAIL = "ada.lovelace@example.org"


def tuning(number: int) -> dict[str, Any]:
    asked = f"I am {MAIL}, question {number}."
    return {
        "messages": [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": f"Answer {number}."},
        ]
    }


TUNING = "\n".join(json.dumps(tuning(number)) for number in range(3)).encode()


def ingest(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("ingest", str(path), "--project", "acme", *options, stdout=out)
    return out.getvalue()


def post(token: str, body: bytes, query: str = "") -> Any:
    url = f"/api/v1/projects/acme/traces:batch{query}"
    return Client().post(
        url, body, content_type="application/x-ndjson", headers={"Authorization": f"Bearer {token}"}
    )


def test_a_file_without_ids_is_taken_once_and_its_names_tell_nothing(team: Team, tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_bytes(TUNING + b"\n" + json.dumps(tuning(0)).encode())
    said = ingest(file, "--settle", "--service", "tutor", "--at", "2026-03-01T12:00:00Z")
    assert "Read as OpenAI fine-tuning, chat (--format openai_chat)." in said
    assert "3 taken, 1 delivered before" in said
    again = ingest(file)
    assert "0 taken, 4 delivered before, 0 conflicting, 0 refused." in again
    traces = Trace.objects.filter(project=team.project)
    assert {(one.service, one.occurred_at.isoformat()) for one in traces} == {
        ("tutor", "2026-03-01T12:00:00+00:00")
    }
    assert {answer_text(load(one.current).conversation) for one in traces if one.current} == {
        f"Answer {n}." for n in range(3)
    }
    assert MAIL not in str([load(one.current).conversation for one in traces if one.current])


def test_the_same_file_in_two_projects_gets_names_of_its_own_in_each(team: Team, other_team: Team) -> None:
    for one in (team, other_team):
        token = make_token(one, "ingest")
        Client().post(f"/api/v1/projects/{one.project.slug}/traces:batch", TUNING, content_type="application/x-ndjson",
                      headers={"Authorization": f"Bearer {token}"})  # fmt: skip
    names = [
        set(Trace.objects.filter(project=one.project).values_list("external_id", flat=True))
        for one in (team, other_team)
    ]
    assert [len(one) for one in names] == [3, 3]
    assert not names[0] & names[1]


def test_the_route_says_what_it_took_a_batch_for_and_takes_a_named_format(team: Team) -> None:
    token = make_token(team, "ingest")
    answer = post(
        token, gzip.compress(json.dumps([tuning(1), tuning(2), {"messages": 7}]).encode()), "?service=tutor"
    )
    assert answer.status_code == 200, answer.content
    report = answer.json()
    assert (report["format"], report["accepted"], report["refused"]) == ("openai_chat", 2, 1)
    assert (report["problems"][0]["line"], report["problems"][0]["field"]) == (3, "messages")
    named = post(
        token, json.dumps({"instruction": "a", "output": "b", "conversations": []}).encode(), "?format=alpaca"
    )
    assert (named.json()["format"], named.json()["accepted"]) == ("alpaca", 1)
    assert post(token, json.dumps(record()).encode()).json()["format"] == "record"


@pytest.mark.parametrize(("body", "query", "title"), [
    ({"instruction": "a", "output": "b", "conversations": []}, "", "ambiguous format"),
    ({"messages": []}, "?format=csv", "unknown format"),
])  # fmt: skip
def test_what_cannot_be_told_apart_is_refused_as_a_whole(
    team: Team, body: Any, query: str, title: str
) -> None:
    answer = post(make_token(team, "ingest"), json.dumps(body).encode(), query)
    assert (answer.status_code, answer.json()["title"]) == (409, title)
    assert "sharegpt" in answer.content.decode()
    assert not IngestBatch.objects.exists()


def test_the_command_refuses_a_file_of_no_format_with_the_list(team: Team, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"a": 1}\n')
    with pytest.raises(CommandError, match=r"no format that is known here\. .*openai_chat, .*langfuse"):
        ingest(file)


def test_a_token_beyond_its_rate_comes_back_later_and_nothing_is_lost(team: Team) -> None:
    token = make_token(team, "ingest", daily_quota=4)
    assert post(token, TUNING).json()["accepted"] == 3
    more = json.dumps([tuning(7), tuning(8)]).encode()
    refused = post(token, more)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert Trace.objects.count() == 3
    assert post(make_token(team, "ingest"), more).json()["accepted"] == 2


def test_a_langfuse_export_of_many_lines_becomes_one_trace(team: Team, tmp_path: Path) -> None:
    trace = {"id": "t-1", "timestamp": "2026-09-01T00:00:00Z", "sessionId": "s", "userId": "u"}
    part = {"traceId": "t-1", "type": "GENERATION", "id": "g", "startTime": "2026-09-01T00:00:01Z", "model": "m",
            "input": [{"role": "user", "content": f"I am {MAIL}"}], "output": {"role": "assistant", "content": "Hello."}}  # fmt: skip
    score = {
        "id": "x",
        "traceId": "t-1",
        "name": "user-feedback",
        "value": 0,
        "dataType": "NUMERIC",
        "comment": "no",
    }
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in (score, part, trace)))
    assert "3 taken" in ingest(file, "--settle")
    assert "0 taken, 3 delivered before" in ingest(file)
    found = Trace.objects.get(project=team.project)
    assert found.current is not None
    assert answer_text(load(found.current).conversation) == "Hello."
    assert list(found.feedback.values_list("rating", "comment")) == [(-1, "no")]


def send(team: Team, data: bytes, *, step: str, htmx: bool = False, **form: str) -> Any:
    file = SimpleUploadedFile("train.jsonl", data)
    headers = {"HX-Request": "true"} if htmx else {}
    url = "/p/acme/curation/ingest/upload/"
    return team.client(team.lead).post(url, {"file": file, "step": step, **form}, headers=headers)


def test_a_preview_shows_redacted_rows_and_problems_and_stores_nothing(team: Team) -> None:
    page = send(team, TUNING + b'\n{"messages": 7}', step="preview", htmx=True).content.decode()
    assert "Read as OpenAI fine-tuning, chat" in page
    assert "Answer 0." in page
    assert MAIL not in page
    assert "messages" in page
    assert "wrong type" in page
    assert (
        Trace.objects.count(),
        IngestBatch.objects.count(),
        Span.objects.count(),
        Receipt.objects.count(),
    ) == (0, 0, 0, 0)


def test_an_upload_is_taken_and_leads_to_its_batch(team: Team) -> None:
    answer = send(team, TUNING, step="take", training_use="denied", service="tutor")
    batch = IngestBatch.objects.get()
    assert answer["Location"] == f"/p/acme/curation/ingest/{batch.pk}/"
    assert (batch.route, batch.source_name, batch.accepted) == ("upload", "train.jsonl", 3)
    settle_traces()
    assert set(Trace.objects.values_list("training_use", "service")) == {("denied", "tutor")}
    again = send(team, TUNING, step="take", htmx=True)
    assert again["HX-Redirect"].startswith("/p/acme/curation/ingest/")
    assert Trace.objects.count() == 3


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "no file"), (b'{"a": 1}', "of no format"), (b"not json at all", "of no format")]
)
def test_a_file_that_cannot_be_read_says_so_on_the_page(team: Team, data: bytes, words: str) -> None:
    answer = send(team, data, step="take")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not IngestBatch.objects.exists()


def test_a_file_too_large_for_the_browser_is_dropped_unread_with_the_commands(
    team: Team, monkeypatch: Any
) -> None:
    monkeypatch.setattr(upload_views, "LARGEST", 10)
    monkeypatch.setattr(upload_views, "MULTIPART", 0)
    page = send(team, TUNING, step="take").content.decode()
    assert "larger than a browser may send here" in page
    assert "manage.py ingest FILE --project acme" in page
    assert not IngestBatch.objects.exists()


def test_an_upload_never_touches_the_disk(
    team: Team, monkeypatch: Any, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    assert "Answer 0." in send(team, TUNING, step="preview", htmx=True).content.decode()


def test_an_upload_without_the_token_of_its_form_is_turned_away(team: Team) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(team.lead, backend="accounts.sessions.SessionBackend")
    url, file = "/p/acme/curation/ingest/upload/", SimpleUploadedFile("f.jsonl", TUNING)
    assert client.post(url, {"file": file, "step": "take"}).status_code == 403
    assert not IngestBatch.objects.exists()


def test_an_annotator_may_not_upload(team: Team) -> None:
    assert team.client(team.annotator).get("/p/acme/curation/ingest/upload/").status_code == 403


def test_the_page_that_waits_is_told_how_many_rows_are_done(team: Team) -> None:
    url = "/p/acme/curation/ingest/upload/progress/"
    assert team.client(team.lead).get(url).json() == {"rows": 0}
    IngestBatch.objects.create(project=team.project, route="upload", accepted=500, refused=2)
    assert team.client(team.lead).get(url).json() == {"rows": 502}
