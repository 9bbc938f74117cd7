"""A refused row can be taken after all, once, from its redacted text; a conflict stays one."""

import io
import json
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.errors import NotFound, PermissionRefused, Refused
from core.jobs.runner import run
from core.models import AuditEntry, Job
from curation.actions.ingest_batch import ingest_batch
from curation.actions.replay import replay_code, replay_refusal
from curation.bodies import unpacked
from curation.formats import record as record_form
from curation.ingest.items import read_records
from curation.models import IngestBatch, Refusal, Replay, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import chat
from tests.curation.records import record
from tests.curation.test_otlp_logs import post as post_logs
from tests.curation.test_otlp_logs import request as logs
from tests.curation.test_otlp_route import make_token, post

pytestmark = pytest.mark.django_db


def refuse(team: Team, training_use: str = "", **changes: Any) -> Refusal:
    line = json.dumps(record(**changes)).encode()
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl", items=read_records(io.BytesIO(line), place="t"),
        training_use=training_use,
    )  # fmt: skip
    return Refusal.objects.latest("id")


@pytest.fixture
def learned(monkeypatch: Any) -> None:
    """A later release in which records may have this field."""
    monkeypatch.setitem(record_form.FIELDS, "mood", record_form.FIELDS["language"])


def test_what_no_reader_understands_is_refused_again(team: Team) -> None:
    refusal = refuse(team, mood="good")
    replay = replay_refusal(who=team.lead, project=team.project, refusal_id=refusal.pk)
    assert (replay.outcome, replay.code) == ("refused", "unknown_field")
    assert IngestBatch.objects.get(pk=replay.batch_id).route == "replay"
    assert Refusal.objects.of(team.project.pk).replayable().filter(pk=refusal.pk).exists()


def test_a_row_that_alone_tells_no_format_is_read_as_a_record_and_told_its_field(team: Team) -> None:
    line = b'{"trace_id": "x"}'
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl", items=read_records(io.BytesIO(line), place="t")
    )
    refusal = Refusal.objects.get()
    replay = replay_refusal(who=team.lead, project=team.project, refusal_id=refusal.pk)
    assert (refusal.code, replay.code) == ("missing_field", "missing_field")


def test_a_reader_that_has_learned_takes_it_once(team: Team, learned: None) -> None:
    with pytest.MonkeyPatch.context() as before:
        before.delitem(record_form.FIELDS, "mood")
        refusal = refuse(team, mood="good", user_id="jane-7")
    replay = replay_refusal(who=team.lead, project=team.project, refusal_id=refusal.pk)
    assert replay.outcome == "accepted"
    body = json.dumps(unpacked(Span.objects.get().body))
    assert "jane-7" not in body
    assert "[USER:" in body
    with pytest.raises(Refused, match="replayed before"):
        replay_refusal(who=team.lead, project=team.project, refusal_id=refusal.pk)
    [listed] = Refusal.objects.of(team.project.pk).with_outcome()
    assert listed.outcome == "accepted"
    assert AuditEntry.objects.filter(verb="refusal.replay", subject_id=str(refusal.pk)).count() == 1


def test_a_denial_said_for_the_whole_batch_is_no_permission_after_a_replay(team: Team, learned: None) -> None:
    with pytest.MonkeyPatch.context() as before:
        before.delitem(record_form.FIELDS, "mood")
        refusal = refuse(team, "denied", mood="good")
    assert team.project.training_use_default == "allowed"
    replay_refusal(who=team.lead, project=team.project, refusal_id=refusal.pk)
    assert Trace.objects.get().training_use == "unknown"


def test_a_replayed_conflict_overwrites_nothing(team: Team) -> None:
    token = make_token(team, "ingest")
    for answer in ("one", "two"):
        post(token, chat(answer=answer).SerializeToString())
    refusal = Refusal.objects.get(code="conflict")
    replay = replay_refusal(who=team.lead, project=team.project, refusal_id=refusal.pk)
    assert replay.outcome == "conflicting"
    assert "two" not in json.dumps(unpacked(Span.objects.get().body)["attributes"]["gen_ai.output.messages"])


def test_a_log_record_without_a_trace_is_still_without_one(team: Team) -> None:
    loose = logs({"trace_id": b"", "span_id": b"", "event_name": "gen_ai.choice"})
    post_logs(make_token(team, "ingest"), loose.SerializeToString())
    replay = replay_refusal(who=team.lead, project=team.project, refusal_id=Refusal.objects.get().pk)
    assert (replay.outcome, replay.code) == ("refused", "missing_id")


def test_a_row_of_which_nothing_was_kept_cannot_be_replayed(team: Team) -> None:
    items = read_records(io.BytesIO(b'{"user_id": {"a'), place="t")
    ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)
    with pytest.raises(Refused, match="Nothing of this row was kept"):
        replay_refusal(who=team.lead, project=team.project, refusal_id=Refusal.objects.get().pk)


def test_only_leads_replay_and_only_their_own(team: Team, other_team: Team) -> None:
    refusal = refuse(team, mood="good")
    with pytest.raises(PermissionRefused):
        replay_refusal(who=team.engineer, project=team.project, refusal_id=refusal.pk)
    with pytest.raises(NotFound):
        replay_refusal(who=other_team.lead, project=other_team.project, refusal_id=refusal.pk)


@pytest.mark.django_db(transaction=True)
def test_all_rows_of_one_code_are_replayed_by_a_job(team: Team, learned: None) -> None:
    with pytest.MonkeyPatch.context() as before:
        before.delitem(record_form.FIELDS, "mood")
        for number in range(3):
            refuse(team, mood="good", trace_id=f"{number + 1:032x}", request_id=f"r{number}")
    job = replay_code(who=team.lead, project=team.project, code="unknown_field")
    run(str(job.pk))
    assert Job.objects.get(pk=job.pk).result == {"accepted": 3}
    assert Trace.objects.count() == 3
    with pytest.raises(Refused, match="No refused row of this code"):
        replay_code(who=team.lead, project=team.project, code="unknown_field")


def test_what_a_replay_came_to_cannot_be_rewritten(team: Team, other_team: Team) -> None:
    refusal = refuse(team, mood="good")
    replay = replay_refusal(who=team.lead, project=team.project, refusal_id=refusal.pk)
    for sql in ("UPDATE curation_replay SET outcome = 'accepted'", "DELETE FROM curation_replay"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)
    own = {"project": team.project, "refusal": refusal, "batch_id": replay.batch_id}
    with pytest.raises(DatabaseError, match="of its project"), transaction.atomic():
        Replay.objects.create(**{**own, "project": other_team.project}, outcome="accepted")
    with pytest.raises(DatabaseError, match="of its project"), transaction.atomic():
        Replay.objects.create(**{**own, "batch_id": refusal.batch_id}, outcome="accepted")
    Replay.objects.create(**own, outcome="accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Replay.objects.create(**own, outcome="redelivered")
