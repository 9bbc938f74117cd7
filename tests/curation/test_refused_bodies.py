"""What is kept of a refused row: its redacted text or nothing, readable by a lead, and written by the ingest role only."""

import io
import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from curation.actions.ingest_batch import ingest_batch
from curation.ingest.items import read_records
from curation.ingest.refused import RefusedText, refused_text
from curation.models import Refusal, RefusalBody
from tests.conftest import Team
from tests.curation.otlp_bodies import chat
from tests.curation.records import record
from tests.curation.test_otlp_route import make_token, post

pytestmark = pytest.mark.django_db


def refuse(team: Team, line: bytes) -> RefusedText | None:
    """What is kept of this line, which must be refused."""
    items = read_records(io.BytesIO(line), place="t")
    report = ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)
    assert report.accepted == 0
    assert report.refused == 1
    return refused_text(Refusal.objects.latest("id"))


def test_a_row_with_a_field_nobody_knows_is_kept_redacted(team: Team) -> None:
    row = record(user_id="jane-7", tpyo="mail jane.doe@corp.com")
    kept = refuse(team, json.dumps(row).encode())
    assert kept is not None
    assert kept.form == "row"
    assert not kept.truncated
    assert "jane" not in kept.text
    assert json.loads(kept.text)["tpyo"].startswith("mail user-")
    assert json.loads(kept.text)["user_id"].startswith("[USER:")


@pytest.mark.parametrize("value", ["4111111111111111", 4111111111111111])
@pytest.mark.parametrize("name", ["name", "scope", "status", "kind"])
def test_a_card_under_a_name_that_spans_have_too_is_replaced(team: Team, name: str, value: object) -> None:
    kept = refuse(team, json.dumps(record() | {name: value, "mood": "good"}).encode())
    assert kept is not None
    assert "4111111111111111" not in kept.text


def test_a_line_that_is_no_json_is_kept_as_flat_text(team: Team) -> None:
    kept = refuse(team, b'{"user_id": "jane-7", "note": "write to jane.doe@corp.com", broken')
    assert kept is not None
    assert "jane" not in kept.text
    assert '"user_id": "[USER:' in kept.text


@pytest.mark.parametrize(
    "line",
    [
        b'{"user_id": {"name": "jane-7"}, broken',
        b"user_id=jane-7 {broken",
        b'{"password": ["jane-7"], broken',
        b'{"a": "caf\xe9 jane-7"} broken',
        b'{"a": "jane\x00-7"',
        b'{"session_id": "jane-7',
        b'{"a": ' + b"[" * 200 + b'"jane-7"' + b"]" * 200 + b"}",
        b'{"a": ' + b"[" * 2000 + b'"jane-7"' + b"]" * 2000 + b"}",
    ],
)
def test_what_cannot_be_redacted_as_flat_text_is_not_kept(team: Team, line: bytes) -> None:
    assert refuse(team, line) is None
    assert not RefusalBody.objects.exists()
    assert Refusal.objects.get().length == len(line)


def test_a_secret_by_its_name_is_replaced_in_flat_text(team: Team) -> None:
    kept = refuse(team, b'{"api_key": "short-7", broken')
    assert kept is not None
    assert "short-7" not in kept.text


def test_no_more_than_64_kb_are_kept(team: Team) -> None:
    kept = refuse(team, b'{"a": "' + b"many words " * 20_000 + b'", broken')
    assert kept is not None
    assert kept.truncated
    assert len(kept.text.encode()) <= 64 << 10


def test_an_identifier_at_the_cut_does_not_slip_through(team: Team) -> None:
    mail = b"jane.doe@corp.com "
    kept = refuse(team, b'{"a": "' + mail * 20_000 + b'", broken')
    assert kept is not None
    assert "jane" not in kept.text


def test_a_conflict_keeps_both_sides_to_look_at(team: Team) -> None:
    token = make_token(team, "ingest")
    post(token, chat(answer="one").SerializeToString())
    post(token, chat(answer="two, see jane.doe@corp.com").SerializeToString())
    refusal = Refusal.objects.get(code="conflict")
    kept = refused_text(refusal)
    assert kept is not None
    assert kept.form == "span"
    assert "two, see user-" in kept.text
    assert "jane" not in kept.text


def test_a_broken_span_is_kept_as_what_was_read_of_it(team: Team) -> None:
    post(
        make_token(team, "ingest"),
        chat("mail jane.doe@corp.com", span_id=b"no", user__id="jane-7").SerializeToString(),
    )
    kept = refused_text(Refusal.objects.get())
    assert kept is not None
    assert kept.form == "span"
    assert "jane" not in kept.text
    assert json.loads(kept.text)["span_id"] == b"no".hex()


def test_a_body_that_is_no_request_is_kept_but_is_no_row(team: Team) -> None:
    post(make_token(team, "ingest"), b'{"resourceSpans": 5, "a": "jane.doe@corp.com"}', "application/json")
    kept = refused_text(Refusal.objects.get())
    assert kept is not None
    assert kept.form == "request"
    assert "jane" not in kept.text
    assert not Refusal.objects.replayable().exists()


def test_only_the_ingest_role_writes_refused_texts(team: Team) -> None:
    refuse(team, json.dumps(record(tpyo=1)).encode())
    assert [one.has_body for one in Refusal.objects.of(team.project.pk).with_body()] == [True]
    for sql in ("INSERT INTO curation_refusalbody DEFAULT VALUES", "UPDATE curation_refusalbody SET form = ''",
                "DELETE FROM curation_refusalbody"):  # fmt: skip
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)


def test_no_refused_text_is_seen_from_another_project(team: Team, other_team: Team) -> None:
    refuse(team, json.dumps(record(tpyo=1)).encode())
    refusal: Any = Refusal.objects.get()
    refusal.project_id = other_team.project.pk
    assert refused_text(refusal) is None
